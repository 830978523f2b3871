//! What this room does by itself.

use jiff::SignedDuration;

use super::{accept, bulletins, inventories::place, raise};
use crate::jobs::Job;

/// Reads packs that came with a release or lie in the data folder, places
/// machines that the register knows by now, lets what was accepted until
/// yesterday count again, and drafts what has to be told.
pub(super) const JOBS: &[Job] = &[
    Job {
        name: "exposures.bulletins",
        every: SignedDuration::from_hours(1),
        run: |app, at| Box::pin(bulletins::load::carried(app, at)),
    },
    Job {
        name: "exposures.place",
        every: SignedDuration::from_hours(1),
        run: |app, at| Box::pin(place::again(app, at)),
    },
    Job {
        name: "exposures.expire",
        every: SignedDuration::from_hours(1),
        run: |app, at| Box::pin(accept::expire(app, at)),
    },
    Job {
        name: "exposures.raise",
        every: SignedDuration::from_hours(1),
        run: |app, at| Box::pin(raise::due(app, at)),
    },
];
