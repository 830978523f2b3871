//! `botnet-clean`: whether what the lists name at a unit is proved clean.
//!
//! | what is known | proof |
//! |---|---|
//! | no list of the window was received | unknown: `no-list` |
//! | the demand asks for more silence than the feeds wait for | unknown: `silence-short` |
//! | some sightings, all verified; some of them; none | met, partly, unmet |
//! | all verified or none at all, but the newest list is too old | unknown: `list-old` |
//! | the same, but an address of the queue may be the unit's | unknown: `address-open` |
//! | no sighting, and no approved range of the unit | unknown: `no-network` |
//! | no sighting, although lists came and ranges are known | met, of 0 |
//!
//! *Verified* counts as handled, nothing else; what was set aside is not asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use super::{Sighting, State, store};
use crate::{
    Error, Result,
    access::Scope,
    checks::{Answering, Check, Fact, Proof, Question},
    ids::UnitId,
    store::{Day, Db, Direction, Select},
};

/// The check.
pub struct BotnetClean;

/// What a demand may say.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Only these families; all when empty.
    pub families: Vec<String>,
    /// Sightings since this day; else of the last `months`.
    pub since: Option<Date>,
    /// How far back to look without `since`. What is open counts whenever it was seen.
    pub months: i32,
    /// How many days the newest list may lie behind.
    pub max_age_days: i32,
    /// How many silent lists the demand asks for; each feed waits for its own number.
    pub absent_lists: Option<i64>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { families: Vec::new(), since: None, months: 6, max_age_days: 45, absent_lists: None }
    }
}

/// What is known about the lists as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// A list of the window was received.
    pub has_list: bool,
    /// The newest is too old.
    pub is_old: bool,
    /// The demand asks for more silence than the feeds wait for.
    pub asks_more: bool,
}

/// What is known about a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Sightings asked.
    pub total: u64,
    /// Of these: verified.
    pub verified: u64,
    /// It has an approved range.
    pub has_network: bool,
    /// An address of the queue may be its own.
    pub in_question: bool,
}

/// The proof for a unit, as the table says.
pub fn judge(basis: Basis, known: Known) -> Proof {
    let unknown = |reason: &str| Proof::Unknown { reason: reason.to_owned() };
    let Known { total, verified, .. } = known;
    if !basis.has_list {
        return unknown("no-list");
    }
    if basis.asks_more {
        return unknown("silence-short");
    }
    if verified < total {
        return match verified {
            0 => Proof::Unmet { total },
            handled => Proof::Partly { handled, total },
        };
    }
    if basis.is_old {
        return unknown("list-old");
    }
    if known.in_question {
        return unknown("address-open");
    }
    if total == 0 && !known.has_network {
        return unknown("no-network");
    }
    Proof::Met { total }
}

impl Check for BotnetClean {
    fn kind(&self) -> &'static str {
        "botnet-clean"
    }

    fn accepts(&self, given: &serde_json::Value) -> Result<()> {
        parameters(given).map(drop)
    }

    fn proofs<'a>(
        &'a self,
        db: &'a Db,
        scope: &'a Scope,
        question: &'a Question,
    ) -> Answering<'a, BTreeMap<UnitId, Proof>> {
        Box::pin(proofs(db, scope, question))
    }

    fn facts<'a>(
        &'a self,
        db: &'a Db,
        unit: &'a UnitId,
        question: &'a Question,
    ) -> Answering<'a, Vec<Fact>> {
        Box::pin(facts(db, unit, question))
    }
}

fn parameters(given: &serde_json::Value) -> Result<Parameters> {
    Parameters::deserialize(given)
        .map_err(|_| Error::field("sightings.check-parameters", "check_parameters"))
}

/// The parameters with the day from which sightings count.
fn asked(question: &Question) -> Result<(Parameters, Date)> {
    let parameters = parameters(&question.parameters)?;
    // A day either way decides nothing over months, so UTC will do.
    let today = question.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let since =
        parameters.since.unwrap_or_else(|| today.saturating_sub(parameters.months.months()));
    Ok((parameters, since))
}

async fn proofs(db: &Db, scope: &Scope, question: &Question) -> Result<BTreeMap<UnitId, Proof>> {
    let (parameters, since) = asked(question)?;
    let basis = basis(db, &parameters, since, question).await?;
    let mut units = all_units(db, scope).await?;
    for unit in holders(db, scope).await? {
        units.entry(unit).or_default().has_network = true;
    }
    for unit in in_question(db, scope, &parameters).await? {
        units.entry(unit).or_default().in_question = true;
    }
    for (unit, total, verified) in counts(db, scope, &parameters, since).await? {
        let known = units.entry(unit).or_default();
        (known.total, known.verified) = (total.unsigned_abs(), verified.unsigned_abs());
    }
    Ok(units.into_iter().map(|(unit, known)| (unit, judge(basis, known))).collect())
}

async fn basis(
    db: &Db,
    parameters: &Parameters,
    since: Date,
    question: &Question,
) -> Result<Basis> {
    let (newest,): (Option<Day>,) =
        sqlx::query_as("SELECT MAX(covers_to) FROM lists WHERE complete = 1")
            .fetch_one(db.reader())
            .await?;
    let (least,): (Option<i64>,) = sqlx::query_as(
        "SELECT MIN(silent_lists) FROM feeds WHERE id IN (SELECT feed_id FROM lists)",
    )
    .fetch_one(db.reader())
    .await?;
    let today = question.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let oldest = today.saturating_sub(parameters.max_age_days.days());
    Ok(Basis {
        has_list: newest.is_some_and(|newest| newest.0 >= since),
        is_old: newest.is_none_or(|newest| newest.0 < oldest),
        asks_more: parameters.absent_lists.zip(least).is_some_and(|(asked, least)| asked > least),
    })
}

async fn all_units(db: &Db, scope: &Scope) -> Result<BTreeMap<UnitId, Known>> {
    let rows: Vec<(UnitId,)> =
        Select::new("u.id", "units u").scoped(scope, "u.id").fetch(db.reader()).await?;
    Ok(rows.into_iter().map(|(unit,)| (unit, Known::default())).collect())
}

async fn holders(db: &Db, scope: &Scope) -> Result<BTreeSet<UnitId>> {
    let rows: Vec<(UnitId,)> = Select::new("n.unit_id", "networks n")
        .scoped(scope, "n.unit_id")
        .and("n.status = {} AND n.kind = 'public'", ["approved"])
        .group_by("n.unit_id")
        .fetch(db.reader())
        .await?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

async fn in_question(db: &Db, scope: &Scope, parameters: &Parameters) -> Result<Vec<UnitId>> {
    let select =
        Select::new("c.unit_id", "sighting_candidates c JOIN sightings s ON s.id = c.sighting_id")
            .scoped(scope, "c.unit_id")
            .and::<&str>("s.state = 'new' AND s.merged_into IS NULL", []);
    let rows: Vec<(UnitId,)> =
        of_families(select, parameters).group_by("c.unit_id").fetch(db.reader()).await?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

fn of_families(select: Select, parameters: &Parameters) -> Select {
    if parameters.families.is_empty() {
        return select;
    }
    select.any_of("s.family_key", parameters.families.iter().map(|name| lists::family_key(name)))
}

/// What is asked: open whenever it was seen, verified if seen since that day.
fn asked_of(select: Select, parameters: &Parameters, since: Date) -> Select {
    let since =
        since.to_zoned(jiff::tz::TimeZone::UTC).map(|day| day.timestamp()).unwrap_or_default();
    let select = select.and(
        "s.unit_id IS NOT NULL AND s.state <> 'refused' AND s.state <> 'merged' \
             AND (s.state <> 'verified' OR s.last_seen >= {})",
        [since],
    );
    of_families(select, parameters)
}

/// Asked and verified of each unit, from the index alone.
async fn counts(
    db: &Db,
    scope: &Scope,
    parameters: &Parameters,
    since: Date,
) -> Result<Vec<(UnitId, i64, i64)>> {
    let select = Select::new(
        "s.unit_id, COUNT(*), CAST(SUM(CASE WHEN s.state = 'verified' THEN 1 ELSE 0 END) AS BIGINT)",
        "sightings s",
    )
    .scoped(scope, "s.unit_id");
    asked_of(select, parameters, since).group_by("s.unit_id").fetch(db.reader()).await
}

async fn facts(db: &Db, unit: &UnitId, question: &Question) -> Result<Vec<Fact>> {
    let (parameters, since) = asked(question)?;
    let select = Select::new(store::COLUMNS, "sightings s").and("s.unit_id = {}", [unit.as_str()]);
    let sightings: Vec<Sighting> = asked_of(select, &parameters, since)
        .order("s.last_seen", Direction::Down)
        .fetch(db.reader())
        .await?;
    Ok(sightings.iter().map(fact).collect())
}

fn fact(sighting: &Sighting) -> Fact {
    Fact {
        title: format!("{} · {}", sighting.address, sighting.family),
        state: sighting.state.text().to_owned(),
        handled: sighting.state == State::Verified,
        at: sighting.verified_at.unwrap_or(sighting.last_seen).0,
        path: format!("/sightings/{}", sighting.id),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRESH: Basis = Basis { has_list: true, is_old: false, asks_more: false };

    fn known(verified: u64, total: u64, has_network: bool, in_question: bool) -> Known {
        Known { total, verified, has_network, in_question }
    }

    #[test]
    fn the_table_of_proofs() {
        let old = Basis { is_old: true, ..FRESH };
        let none = Basis { has_list: false, is_old: true, asks_more: false };
        let more = Basis { asks_more: true, ..FRESH };
        let unknown = |reason: &str| Proof::Unknown { reason: reason.into() };
        for (basis, known, expected) in [
            (none, known(0, 0, true, false), unknown("no-list")),
            (none, known(2, 2, true, false), unknown("no-list")),
            (more, known(2, 2, true, false), unknown("silence-short")),
            (FRESH, known(0, 0, true, false), Proof::Met { total: 0 }),
            (FRESH, known(0, 0, false, false), unknown("no-network")),
            (FRESH, known(0, 0, true, true), unknown("address-open")),
            (FRESH, known(2, 2, true, true), unknown("address-open")),
            (FRESH, known(2, 2, false, false), Proof::Met { total: 2 }),
            (FRESH, known(1, 2, true, true), Proof::Partly { handled: 1, total: 2 }),
            (FRESH, known(0, 2, true, false), Proof::Unmet { total: 2 }),
            (old, known(2, 2, true, false), unknown("list-old")),
            (old, known(0, 2, true, false), Proof::Unmet { total: 2 }),
        ] {
            assert_eq!(judge(basis, known), expected, "{basis:?} {known:?}");
        }
    }

    proptest! {
        #[test]
        fn unknown_never_becomes_clean(
            has_list: bool, is_old: bool, asks_more: bool,
            verified in 0..5u64, more in 0..5u64, has_network: bool, in_question: bool,
        ) {
            let basis = Basis { has_list, is_old, asks_more };
            let known = known(verified, verified + more, has_network, in_question);
            if matches!(judge(basis, known), Proof::Met { .. }) {
                prop_assert!(has_list && !is_old && !asks_more && !in_question && more == 0);
                prop_assert!(has_network || verified > 0);
            }
        }
    }
}
