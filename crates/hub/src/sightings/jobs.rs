//! What this room does by itself.

use jiff::SignedDuration;

use super::refuse;
use crate::jobs::Job;

/// Opens again what was set aside until a day that is over.
pub(super) const JOBS: &[Job] = &[Job {
    name: "sightings.expire",
    every: SignedDuration::from_hours(1),
    run: |app, at| Box::pin(refuse::expire(app, at)),
}];
