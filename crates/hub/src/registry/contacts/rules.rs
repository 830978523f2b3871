//! In which order people are called.

use jiff::Timestamp;

use super::{Contact, Role};
use crate::ids::UnitId;

/// Sorts contacts, given in the order of their units from the unit itself up:
/// whoever can be reached before whoever cannot, fresh before stale, nearer
/// before further, then IT officer, duty, head, others; of equals the one
/// confirmed last.
pub(super) fn fallback(contacts: &mut [Contact], now: Timestamp) {
    let mut units: Vec<UnitId> = contacts.iter().map(|contact| contact.unit_id.clone()).collect();
    units.dedup();
    contacts.sort_by_cached_key(|contact| {
        let distance = units.iter().position(|unit| *unit == contact.unit_id);
        let role = match contact.role {
            Role::It => 0,
            Role::Duty => 1,
            Role::Head => 2,
            Role::Other => 3,
        };
        let reachable = contact.email.is_some() && !contact.is_bouncing();
        let confirmed = contact.confirmed_at.map_or(i64::MIN, |at| at.0.as_microsecond());
        (!reachable, contact.is_stale(now), distance, role, std::cmp::Reverse(confirmed))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ContactId;

    fn contact(name: &str, role: Role, confirmed_days_ago: Option<i64>, bouncing: bool) -> Contact {
        let now = now();
        let at = confirmed_days_ago.map(|days| now - jiff::SignedDuration::from_hours(24 * days));
        Contact {
            id: ContactId::new(now),
            unit_id: "01HM5V0000000000000000000A".parse().unwrap(),
            unit_code: "SYT".into(),
            unit_name: "Sở Y tế".into(),
            name: name.into(),
            role,
            position: None,
            phone: None,
            email: Some("a@syt.example".into()),
            hours: None,
            confirmed_at: at.map(Into::into),
            expires_at: at.map(|at| (at + super::super::GOOD_FOR).into()),
            bounced_at: bouncing.then(|| now.into()),
            bounce_reason: None,
            closed_at: None,
            changed_at: now.into(),
        }
    }

    fn now() -> Timestamp {
        "2024-01-15T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn fresh_before_stale_before_bouncing_then_by_role() {
        let mut contacts = vec![
            contact("bounces", Role::It, Some(1), true),
            contact("never", Role::It, None, false),
            contact("old", Role::It, Some(181), false),
            contact("head", Role::Head, Some(3), false),
            contact("duty", Role::Duty, Some(100), false),
            contact("it, earlier", Role::It, Some(179), false),
            contact("it", Role::It, Some(9), false),
        ];
        fallback(&mut contacts, now());
        let names: Vec<_> = contacts.iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(names, ["it", "it, earlier", "duty", "head", "old", "never", "bounces"]);
    }

    #[test]
    fn a_fresh_contact_above_comes_before_a_stale_one_at_the_unit() {
        let mut above = contact("above", Role::Head, Some(1), false);
        above.unit_id = "01HM5V0000000000000000000B".parse().unwrap();
        let mut contacts = vec![
            contact("old", Role::It, None, false),
            contact("own", Role::Other, Some(9), false),
        ];
        contacts.push(above);
        fallback(&mut contacts, now());
        let names: Vec<_> = contacts.iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(names, ["own", "above", "old"]);
    }
}
