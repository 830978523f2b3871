//! The one place of the server that reads the clock.
//!
//! Law 5: *time is an argument*. Verbs and rules take `at: Timestamp`; the
//! shell asks [`Clock::now`] once a request or a job. A test holds the hands.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// The machine's clock, so much later or earlier: a demonstration's.
    Shifted(SignedDuration),
    /// A clock that a test moves. Microseconds since 1970.
    Held(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn held(at: Timestamp) -> Self {
        Self::Held(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// The present instant, cut to microseconds, the precision of the store.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => machine(),
            Self::Shifted(by) => machine() + *by,
            Self::Held(micros) => {
                Timestamp::from_microsecond(micros.load(Ordering::SeqCst)).unwrap_or(Timestamp::MIN)
            }
        }
    }

    /// Moves a held clock to `at`. The machine's clock is not ours to move.
    pub fn set(&self, at: Timestamp) {
        if let Self::Held(micros) = self {
            micros.store(at.as_microsecond(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge where the clock is read")]
fn machine() -> Timestamp {
    let at = Timestamp::now();
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
