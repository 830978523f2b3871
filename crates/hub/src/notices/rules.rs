//! What follows from what happened: pure.

use jiff::{SignedDuration, Timestamp};

use super::{LegState, State};

/// The same thing is not told to the same unit again within this time, unless
/// somebody says why.
pub const REPEAT_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// For how long a reply link works.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The number of a notice.
pub fn code(year: i16, number: i64) -> String {
    format!("TB-{year:04}-{number:06}")
}

/// What happened to a notice so far.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// Its legs.
    pub legs: Vec<LegState>,
    /// Whether its reply page was opened.
    pub opened: bool,
    /// Whether the unit answered.
    pub answered: bool,
}

/// Where a notice stands. The furthest step counts: an answer stays an answer
/// when another mail comes back later.
pub fn state(story: &Story) -> State {
    let any = |state: LegState| story.legs.contains(&state);
    if story.answered {
        State::Answered
    } else if story.opened {
        State::Opened
    } else if story.withdrawn {
        State::Withdrawn
    } else if any(LegState::Delivered) {
        State::Delivered
    } else if any(LegState::Sent) {
        State::Sent
    } else if any(LegState::Waiting) {
        State::Sending
    } else if any(LegState::Refused) || any(LegState::Bounced) {
        State::Bounced
    } else {
        State::Drafted
    }
}

/// Whether the unit may be told again, `last` being when it was told last.
pub fn may_repeat(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= REPEAT_AFTER)
}

/// Requests that one reply link takes in a minute.
pub const LINK_LIMIT: i64 = 30;
/// Requests that one network address may make in a minute. A whole province
/// may sit behind one.
pub const ADDRESS_LIMIT: i64 = 240;
/// Wrong links that one network address may try in a minute.
pub const WRONG_LIMIT: i64 = 10;

/// Whether another request is one too many.
pub fn too_many(by_link: i64, by_address: i64, wrong: i64, known: bool) -> bool {
    by_address >= ADDRESS_LIMIT || if known { by_link >= LINK_LIMIT } else { wrong >= WRONG_LIMIT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_by_the_bounce_reader() {
        let code = code(2024, 123);
        assert_eq!(code, "TB-2024-000123");
        assert_eq!(crate::notify::bounce::find_code(&code), Some(code));
    }

    #[test]
    fn the_furthest_step_counts() {
        use LegState::{Bounced, Delivered, Refused, Sent, Waiting};
        let rows: [(&[LegState], bool, bool, State); 10] = [
            (&[], false, false, State::Drafted),
            (&[Waiting], false, false, State::Sending),
            (&[Sent], false, false, State::Sent),
            (&[Refused, Waiting], false, false, State::Sending),
            (&[Bounced, Sent], false, false, State::Sent),
            (&[Bounced, Refused], false, false, State::Bounced),
            (&[Sent, Delivered], false, false, State::Delivered),
            (&[Bounced], true, false, State::Opened),
            (&[Bounced], true, true, State::Answered),
            (&[], false, true, State::Answered),
        ];
        for (legs, opened, answered, expected) in rows {
            let story = Story { legs: legs.to_vec(), opened, answered, ..Story::default() };
            assert_eq!(state(&story), expected, "{story:?}");
        }
        assert_eq!(state(&Story { withdrawn: true, ..Story::default() }), State::Withdrawn);
    }

    #[test]
    fn the_same_is_not_told_twice_in_a_week() {
        let now: Timestamp = "2024-01-15T01:00:00Z".parse().unwrap();
        let day = SignedDuration::from_hours(24);
        assert!(may_repeat(None, now));
        assert!(!may_repeat(Some(now - day * 6), now));
        assert!(may_repeat(Some(now - day * 7), now));
    }

    #[test]
    fn guessing_is_stopped_before_asking() {
        assert!(!too_many(29, 29, 0, true) && too_many(30, 30, 0, true));
        assert!(!too_many(0, 9, 9, false) && too_many(0, 10, 10, false));
        assert!(!too_many(0, 50, 50, true), "a right link works where others guessed");
        assert!(too_many(0, 240, 0, true));
    }
}
