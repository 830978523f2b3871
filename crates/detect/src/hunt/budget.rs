//! How much of the input may be on its way at once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that blocks on their way may hold. A slow block must not let those
/// behind it pile up, and a file that is one long record comes in blocks of
/// megabytes.
#[derive(Debug)]
pub(super) struct Budget {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
}

#[derive(Debug, Default)]
struct State {
    out: usize,
    is_closed: bool,
}

impl Budget {
    pub(super) fn new(most: usize) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), most }
    }

    /// Waits until there is room; a block larger than all of it waits for the
    /// others. False once closed.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let mut state = self.state();
        while !state.is_closed && state.out > 0 && state.out + bytes > self.most {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.out += bytes;
        !state.is_closed
    }

    pub(super) fn give_back(&self, bytes: usize) {
        let mut state = self.state();
        state.out = state.out.saturating_sub(bytes);
        self.changed.notify_all();
    }

    /// Nothing more will be given back.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
