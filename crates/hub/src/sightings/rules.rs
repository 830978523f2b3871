//! The lifecycle of a sighting, as one pure function.
//!
//! | from \ event | Place | Locate | Claim | SeenAgain | Proved | Unproved | Refuse | Expire, Reopen |
//! |---|---|---|---|---|---|---|---|---|
//! | new | placed | | | new | | | refused | |
//! | placed | placed | host_found | claimed | placed | | | refused | |
//! | host_found | placed | host_found | claimed | host_found | | | refused | |
//! | reopened | placed | host_found | claimed | reopened | | | refused | |
//! | claimed | | claimed | claimed | reopened +1 | verified | claimed | refused | reopened +1 |
//! | verified | | | | reopened +1 | verified | claimed | | reopened +1 |
//! | refused | | | | refused | | | refused | reopened +1, or new |
//!
//! `SeenAgain` is a row of a later day than the claimed day of cleaning. A row
//! of that day or before changes nothing: the machine was still infected when
//! it was seen. There is no way from any state to `verified` but through
//! `Proved`, and `Proved` only from `claimed`.

use super::State;

/// What happens to a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody says whose it is.
    Place,
    /// The machine is found.
    Locate,
    /// The unit says that it is cleaned.
    Claim,
    /// A list has a row of a later day than that of cleaning.
    SeenAgain,
    /// The next lists of every feed that saw it are silent.
    Proved,
    /// They are not, or no longer all of them.
    Unproved,
    /// It is set aside.
    Refuse,
    /// The time of its refusal is over.
    Expire,
    /// The province does not believe it.
    Reopen,
}

/// Where a sighting goes, and whether its counter of reopenings goes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The new state.
    pub state: State,
    /// Whether this is a reopening.
    pub again: bool,
}

/// The state after an event; `None` where the event does not fit.
/// `has_unit`: whether somebody's unit is known, for those set aside before.
pub fn step(state: State, event: Event, has_unit: bool) -> Option<Step> {
    use Event as E;
    use State as S;
    let to = |state| Some(Step { state, again: false });
    let again = Some(Step { state: S::Reopened, again: true });
    match (state, event) {
        (S::New | S::Placed | S::HostFound | S::Reopened, E::Place) => to(S::Placed),
        (S::Placed | S::HostFound | S::Reopened, E::Locate) => to(S::HostFound),
        (S::Placed | S::HostFound | S::Reopened | S::Claimed, E::Claim)
        | (S::Claimed, E::Locate)
        | (S::Claimed | S::Verified, E::Unproved) => to(S::Claimed),
        (S::Claimed | S::Verified, E::SeenAgain | E::Reopen) => again,
        (S::New | S::Placed | S::HostFound | S::Reopened | S::Refused, E::SeenAgain) => to(state),
        (S::Claimed | S::Verified, E::Proved) => to(S::Verified),
        (S::New | S::Placed | S::HostFound | S::Reopened | S::Claimed | S::Refused, E::Refuse) => {
            to(S::Refused)
        }
        (S::Refused, E::Expire | E::Reopen) if has_unit => again,
        (S::Refused, E::Expire | E::Reopen) => to(S::New),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [Event; 9] = [
        Event::Place,
        Event::Locate,
        Event::Claim,
        Event::SeenAgain,
        Event::Proved,
        Event::Unproved,
        Event::Refuse,
        Event::Expire,
        Event::Reopen,
    ];

    /// The table of the first page, by rows; `+` counts a reopening, `-` is refused.
    const TABLE: [(State, [&str; 9]); 8] = [
        (State::New, ["placed", "-", "-", "new", "-", "-", "refused", "-", "-"]),
        (
            State::Placed,
            ["placed", "host_found", "claimed", "placed", "-", "-", "refused", "-", "-"],
        ),
        (
            State::HostFound,
            ["placed", "host_found", "claimed", "host_found", "-", "-", "refused", "-", "-"],
        ),
        (
            State::Claimed,
            [
                "-",
                "claimed",
                "claimed",
                "reopened+",
                "verified",
                "claimed",
                "refused",
                "-",
                "reopened+",
            ],
        ),
        (
            State::Verified,
            ["-", "-", "-", "reopened+", "verified", "claimed", "-", "-", "reopened+"],
        ),
        (
            State::Reopened,
            ["placed", "host_found", "claimed", "reopened", "-", "-", "refused", "-", "-"],
        ),
        (State::Refused, ["-", "-", "-", "refused", "-", "-", "refused", "reopened+", "reopened+"]),
        (State::Merged, ["-"; 9]),
    ];

    #[test]
    fn the_lifecycle() {
        for (state, row) in TABLE {
            for (event, expected) in EVENTS.into_iter().zip(row) {
                let found = step(state, event, true).map_or_else(
                    || "-".to_owned(),
                    |to| format!("{}{}", to.state.name(), if to.again { "+" } else { "" }),
                );
                assert_eq!(found, expected, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn set_aside_before_it_was_anybodys_it_goes_back_to_the_queue() {
        for event in [Event::Expire, Event::Reopen] {
            let back = step(State::Refused, event, false);
            assert_eq!(back, Some(Step { state: State::New, again: false }));
        }
    }

    proptest! {
        #[test]
        fn nothing_becomes_clean_without_a_claim_and_a_proof(
            events in prop::collection::vec(prop::sample::select(EVENTS.to_vec()), 0..40),
        ) {
            let (mut state, mut claimed, mut proved) = (State::New, false, false);
            for event in events {
                let Some(next) = step(state, event, true) else { continue };
                claimed = next.state == State::Claimed || (claimed && !next.again);
                proved = event == Event::Proved || (proved && next.state == State::Verified);
                state = next.state;
                prop_assert!(state != State::Verified || (claimed && proved));
            }
        }
    }
}
