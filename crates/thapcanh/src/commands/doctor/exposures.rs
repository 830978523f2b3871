//! Bulletins and inventories: whether they are there and still prove something.

use hub::{
    Result,
    access::Scope,
    exposures::{bulletins, inventories, read},
    store::Db,
};

use super::{Line, Patient};

/// Bulletins come monthly; after a month and a half the next are overdue.
const PATIENCE: i32 = 45;

/// A line for each.
pub(super) async fn exposures(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let mut lines = vec![bulletins(patient, db).await?];
    lines.extend(inventories(patient, db).await?);
    Ok(lines)
}

async fn bulletins(patient: &Patient<'_>, db: &Db) -> Result<Line> {
    let Some(ends) = bulletins::newest(db).await?.and_then(|basis| basis.data_ends) else {
        return Ok(Line::warning("bulletins-none"));
    };
    let age = (patient.today() - ends.0).get_days();
    let line = if age > PATIENCE { Line::warning("bulletins-old") } else { Line::ok("bulletins") };
    Ok(line.with("day", patient.lang.date(ends.0)).with("age", age))
}

async fn inventories(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let scope = Scope::province();
    let (oldest, pool) = (read::oldest(patient.now), db.reader());
    let all = read::hosts(&scope).count(pool).await?;
    let fresh = read::hosts(&scope).and("a.collected_at >= {}", [oldest]).count(pool).await?;
    let open = inventories::unplaced_by_unit(db, &scope).await?.values().sum::<u64>();
    let mut lines = Vec::new();
    if fresh < all {
        let days = patches::verdict::STALE_AFTER_DAYS;
        lines.push(Line::warning("inventories-old").with("n", all - fresh).with("days", days));
    } else {
        lines.push(Line::ok("inventories").with("n", fresh));
    }
    if open > 0 {
        lines.push(Line::warning("machines-open").with("n", open));
    }
    Ok(lines)
}
