//! `patched`: whether the machines of a unit are rid of what a letter asks about.
//!
//! The parameters are a campaign ([`Asked`]): `named`, `severities`,
//! `exploited`, `kev`, `cvss_from`, `from`, `to`, `cves`, `max_age_days`; without
//! a filter the union. What is known of the unit's hosts becomes a proof by the
//! table of [`rules::prove`].

use std::collections::BTreeMap;

use super::{
    bulletins,
    campaign::{self, Asked},
    inventories, rules,
    units::{self, HostIn, Look},
};
use crate::{
    Result,
    access::Scope,
    checks::{Answering, Check, Fact, Proof, Question},
    ids::UnitId,
    store::Db,
};

/// The check.
pub struct Patched;

impl Check for Patched {
    fn kind(&self) -> &'static str {
        "patched"
    }

    fn accepts(&self, given: &serde_json::Value) -> Result<()> {
        Asked::of_parameters(given).map(drop)
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

async fn proofs(db: &Db, scope: &Scope, question: &Question) -> Result<BTreeMap<UnitId, Proof>> {
    let asked = Asked::of_parameters(&question.parameters)?;
    let today = question.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let basis = bulletins::newest(db).await?;
    let ground = campaign::ground(db, basis.as_ref(), &asked, today).await?;
    let hosts = units::hosts(db, scope, Look::new(&asked, question.now)).await?;
    let unplaced = inventories::unplaced_by_unit(db, scope).await?;
    let one = |(unit, hosts): (UnitId, rules::Hosts)| {
        let open = unplaced.get(&unit).copied().unwrap_or_default();
        let proof = rules::prove(ground, &hosts, open);
        (unit, proof)
    };
    let mut proofs: BTreeMap<UnitId, Proof> = hosts.into_iter().map(one).collect();
    for (unit,) in all_units(db, scope).await? {
        proofs.entry(unit).or_insert_with(|| rules::prove(ground, &rules::Hosts::default(), 0));
    }
    Ok(proofs)
}

async fn all_units(db: &Db, scope: &Scope) -> Result<Vec<(UnitId,)>> {
    crate::store::Select::new("u.id", "units u").scoped(scope, "u.id").fetch(db.reader()).await
}

async fn facts(db: &Db, unit: &UnitId, question: &Question) -> Result<Vec<Fact>> {
    let asked = Asked::of_parameters(&question.parameters)?;
    let scope = Scope::of([unit.clone()]);
    let mut hosts = units::of_unit(db, &scope, unit, Look::new(&asked, question.now)).await?;
    // What is to do comes first: a page shows only so many.
    hosts.sort_by_key(|one| one.standing);
    let query = asked.query();
    Ok(hosts.into_iter().map(|one| fact(one, &query, question)).collect())
}

fn fact(one: HostIn, query: &str, question: &Question) -> Fact {
    let title = match one.missing {
        0 => one.name,
        missing => format!("{} (−{missing} CVE)", one.name),
    };
    Fact {
        title,
        state: one.doubt.map_or(one.standing.text(), super::Doubt::text).to_owned(),
        handled: one.standing == super::Standing::Handled,
        at: one.collected_at.map_or(question.now, |at| at.0),
        path: format!("/exposures/hosts/{}{query}", one.id),
    }
}
