//! What becomes of each entry of a list: a pure function of the entry and of
//! what is known. The entries are taken in portions of whole addresses, so that
//! only the sightings of one portion are ever held.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use lists::{List, ownership::Verdict};
use sqlx::AnyConnection;

use super::{
    super::ledger::{Ledger, Sight, Whose},
    facts::{Fact, Facts},
    known::{Known, Ownership, Rules},
    span_keys,
};
use crate::{
    App, Result,
    ids::{Sequence, UnitId},
    sightings::{FeedId, Outcome, SightingId, State, Tally},
    works::{Progress, Stage},
};

/// Entries placed at a time: what is known about them is asked, used, written
/// and let go.
const PORTION: usize = 2_000;

/// What becomes of an entry.
#[derive(Clone, Debug)]
pub struct Fate {
    /// What it becomes.
    pub outcome: Outcome,
    /// Why: the list or exclusion it goes back to, or the question it raises.
    pub reason: Option<Arc<str>>,
    /// Whose the address was then.
    pub owner: Option<UnitId>,
    /// The sighting it became part of.
    pub sighting: Option<SightingId>,
}

/// A sighting that came back.
#[derive(Clone, Debug)]
pub(super) struct Returned {
    pub(super) id: SightingId,
    pub(super) unit: Option<UnitId>,
    pub(super) reopened: i64,
}

/// What becomes of a list.
#[derive(Debug)]
pub struct Plan {
    /// What becomes of each entry, in the order of the file.
    pub(super) fates: Vec<Fate>,
    /// The rows, counted.
    pub tally: Tally,
    /// Rows by unit.
    pub by_unit: BTreeMap<UnitId, u64>,
    /// Networks that rows name: first and last address, family.
    pub(super) spans: BTreeSet<(String, String, String)>,
    pub(super) returned: Vec<Returned>,
    /// Sightings that are proved clean and were named nevertheless.
    pub(super) doubtful: Vec<SightingId>,
}

/// What a list is planned with.
pub(super) struct Asked<'p> {
    pub(super) app: &'p App,
    pub(super) feed: &'p FeedId,
    pub(super) at: Timestamp,
    pub(super) list: &'p List,
    pub(super) facts: &'p Facts,
    pub(super) progress: &'p Progress,
    /// Whether the sightings are written; else it was only a look.
    pub(super) writes: bool,
}

/// Plans a list, and writes its sightings if that is asked.
pub(super) async fn plan(conn: &mut AnyConnection, asked: &Asked<'_>) -> Result<Plan> {
    let rules = Rules::load(asked.app, asked.at).await?;
    let mut planner = Planner::new(asked, &rules);
    let order = asked.facts.by_address();
    asked.progress.begin(Stage::Placing, order.len() as u64);
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        let (portion, behind) = rest.split_at(whole_addresses(asked.facts, rest));
        let known = Known::load(conn, asked.feed, asked.facts, portion).await?;
        let ledger = planner.portion(portion, known);
        if asked.writes {
            ledger.save(conn).await?;
        }
        asked.progress.step(portion.len() as u64);
        rest = behind;
    }
    Ok(planner.finish())
}

/// How many of the first entries are a portion: those of one address are never
/// parted, because they may be of one sighting.
fn whole_addresses(facts: &Facts, order: &[u32]) -> usize {
    let low = |at: &u32| facts.fact(*at).address.span().0;
    let Some(last) = order.get(PORTION) else { return order.len() };
    let same = order[PORTION..].iter().take_while(|at| low(at) == low(last)).count();
    PORTION + same
}

struct Planner<'p> {
    asked: &'p Asked<'p>,
    rules: &'p Rules,
    zone: TimeZone,
    ids: Sequence,
    plan: Plan,
    reasons: BTreeSet<Arc<str>>,
}

/// Whose an address was at a moment, and who owned it by the register's word.
pub(in crate::sightings) fn whose(
    ownership: &Ownership,
    address: &lists::Address,
    at: Timestamp,
) -> (Whose, Option<UnitId>) {
    match ownership.index.place(address, at).verdict {
        Verdict::Placed { unit } => match unit.parse::<UnitId>() {
            Ok(owner) => (Whose::Unit(ownership.answers(&owner)), Some(owner)),
            Err(_) => (Whose::Nobody, None),
        },
        Verdict::Nobody => (Whose::Nobody, None),
        Verdict::Several { units } => {
            let units: BTreeSet<UnitId> = units
                .iter()
                .filter_map(|unit| unit.parse::<UnitId>().ok())
                .map(|owner| ownership.answers(&owner))
                .collect();
            // Two owners with one successor are one.
            match units.len() {
                1 => (units.into_iter().next().map_or(Whose::Nobody, Whose::Unit), None),
                _ => (Whose::Several(units.into_iter().collect()), None),
            }
        }
    }
}

impl<'p> Planner<'p> {
    fn new(asked: &'p Asked<'p>, rules: &'p Rules) -> Self {
        let unknown = Fate { outcome: Outcome::Queued, reason: None, owner: None, sighting: None };
        let plan = Plan {
            fates: vec![unknown; asked.facts.len()],
            tally: counted(asked.list),
            by_unit: BTreeMap::new(),
            spans: BTreeSet::new(),
            returned: Vec::new(),
            doubtful: Vec::new(),
        };
        let (zone, ids) = (asked.app.settings.zone.clone(), Sequence::new(asked.at));
        Self { asked, rules, zone, ids, plan, reasons: BTreeSet::new() }
    }

    /// Enters a portion of the entries and gives back the sightings it made or
    /// changed.
    fn portion(&mut self, portion: &[u32], mut known: Known) -> Ledger {
        for at in portion {
            let fate = self.enter(self.asked.facts.fact(*at), &mut known);
            self.count(&fate);
            self.plan.fates[*at as usize] = fate;
        }
        let ledger = known.ledger;
        self.plan.tally.created += ledger.begun();
        self.plan.returned.extend(ledger.reopened().map(|one| Returned {
            id: one.id.clone(),
            unit: one.unit_id.clone(),
            reopened: one.reopened,
        }));
        let doubtful = ledger.touched().filter(|one| one.state == State::Verified);
        self.plan.doubtful.extend(doubtful.map(|one| one.id.clone()));
        ledger
    }

    fn enter(&mut self, fact: &Fact, known: &mut Known) -> Fate {
        if let Some(list) = known.said.get(&fact.key.to_string()) {
            let reason = self.reason(&format!("list:{list}"));
            return Fate {
                outcome: Outcome::Duplicate,
                reason: Some(reason),
                owner: None,
                sighting: None,
            };
        }
        let (whose, owner) = whose(&self.rules.ownership, &fact.address, fact.seen_at);
        let sight = self.sight(fact, whose);
        let (low, high) = span_keys(&fact.address);
        let excluded = self
            .rules
            .exclusions
            .iter()
            .find(|one| one.is_about((&low, &high), &sight.family_key, sight.whose.unit()))
            .map(|one| format!("exclusion:{}", one.id));
        if low != high {
            self.plan.spans.insert((low, high, sight.family_key.clone()));
        }
        match excluded {
            Some(reason) => Fate {
                outcome: Outcome::Excluded,
                reason: Some(self.reason(&reason)),
                owner,
                sighting: None,
            },
            None => self.sighted(&sight, owner, &mut known.ledger),
        }
    }

    fn sight(&self, fact: &Fact, whose: Whose) -> Sight {
        let family = self.asked.facts.family(fact);
        Sight {
            address: fact.address.to_string(),
            address_key: span_keys(&fact.address).0,
            family: family.name.to_string(),
            family_key: family.key.clone(),
            kind: fact.class.kind.clone(),
            whose,
            feed: self.asked.feed.clone(),
            seen_at: fact.seen_at,
            day: fact.seen_at.to_zoned(self.zone.clone()).date(),
        }
    }

    fn sighted(&mut self, sight: &Sight, owner: Option<UnitId>, ledger: &mut Ledger) -> Fate {
        let sighting = ledger.see(sight, self.asked.at, &mut self.ids);
        let (state, id) = (sighting.state, sighting.id.clone());
        let (outcome, reason) = match (state, &sight.whose) {
            (State::Refused, _) => (Outcome::Excluded, Some("refused")),
            (_, Whose::Unit(_)) => (Outcome::Placed, None),
            (_, Whose::Nobody) => (Outcome::Queued, Some("nobody")),
            (_, Whose::Several(_)) => (Outcome::Queued, Some("several")),
        };
        if let (Outcome::Placed, Some(unit)) = (outcome, sight.whose.unit()) {
            *self.plan.by_unit.entry(unit.clone()).or_default() += 1;
        }
        let reason = reason.map(|reason| self.reason(reason));
        Fate { outcome, reason, owner, sighting: Some(id) }
    }

    /// A reason is one of a few: all entries share its text.
    fn reason(&mut self, text: &str) -> Arc<str> {
        if let Some(held) = self.reasons.get(text) {
            return Arc::clone(held);
        }
        let held: Arc<str> = text.into();
        self.reasons.insert(Arc::clone(&held));
        held
    }

    fn count(&mut self, fate: &Fate) {
        let tally = &mut self.plan.tally;
        match fate.outcome {
            Outcome::Placed => tally.placed += 1,
            Outcome::Queued => tally.queued += 1,
            Outcome::Excluded => tally.excluded += 1,
            Outcome::Duplicate => tally.duplicate += 1,
            // Counted by the reader, by rows and not by addresses.
            Outcome::Rejected => {}
        }
    }

    fn finish(mut self) -> Plan {
        self.plan.tally.units = self.plan.by_unit.len() as u64;
        self.plan.tally.reopened = self.plan.returned.len() as u64;
        self.plan
    }
}

fn counted(list: &List) -> Tally {
    Tally {
        lines: list.counts.rows,
        skipped: list.counts.skipped.total(),
        naming: list.counts.accepted,
        entries: list.counts.entries,
        rejected: list.counts.rejected,
        duplicate: list.repeated.len() as u64,
        ..Tally::default()
    }
}
