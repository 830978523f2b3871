//! Exclusions (*danh sách loại trừ*): a range, a family or a unit whose rows
//! need no answer, with a reason, an approver and an end. Matching rows are
//! kept, and say which exclusion held for them.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use sqlx::FromRow;

use super::{ExclusionId, Refusal, Sighting, rules::Event, store};
use crate::{
    App, Error, Result,
    access::{Decide, Scope},
    ids::UnitId,
    registry::networks,
    store::{At, Day, Db, Direction, Record, Select},
};

/// An exclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Exclusion {
    /// Identifier.
    pub id: ExclusionId,
    /// Only these addresses; all when missing.
    pub range_text: Option<String>,
    /// First address, as 32 hex characters.
    #[serde(skip)]
    pub low: Option<String>,
    /// Last address.
    #[serde(skip)]
    pub high: Option<String>,
    /// Only this family; all when missing.
    pub family: Option<String>,
    /// The family without case and punctuation.
    #[serde(skip)]
    pub family_key: Option<String>,
    /// Only this unit's; everybody's when missing.
    pub unit_id: Option<UnitId>,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approver: String,
    /// Who entered it.
    pub by_name: String,
    /// Last day on which it holds.
    pub expires_on: Day,
    /// When it was entered.
    pub created_at: At,
    /// When somebody ended it before its time.
    pub ended_at: Option<At>,
}

/// What an exclusion is made from. At least one of the first three.
#[derive(Clone, Debug, Default, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct NewExclusion {
    /// `192.0.2.0/29`, `192.0.2.3-192.0.2.9` or one address.
    #[serde(default)]
    pub range: Option<String>,
    /// Malware family.
    #[serde(default)]
    pub family: Option<String>,
    /// Unit.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approver: String,
    /// Last day on which it holds; at most a year from today.
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
}

impl Exclusion {
    /// Whether it holds on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.ended_at.is_none() && day <= self.expires_on.0
    }

    /// Whether it is about these addresses (first and last as keys), this
    /// family and this unit.
    pub fn is_about(&self, span: (&str, &str), family_key: &str, unit: Option<&UnitId>) -> bool {
        let inside = match (&self.low, &self.high) {
            (Some(low), Some(high)) => low.as_str() <= span.0 && span.1 <= high.as_str(),
            _ => true,
        };
        let family = self.family_key.as_deref().is_none_or(|key| key == family_key);
        let same_unit = self.unit_id.as_ref().is_none_or(|own| Some(own) == unit);
        inside && family && same_unit
    }
}

const COLUMNS: &str = "e.id, e.range_text, e.low, e.high, e.family, e.family_key, e.unit_id, \
    e.reason, e.approver, e.by_name, e.expires_on, e.created_at, e.ended_at";

/// The exclusions of the scope, as `e`: a unit sees those that name it.
pub fn select(scope: &Scope) -> Select {
    Select::new(COLUMNS, "exclusions e").scoped(scope, "e.unit_id")
}

/// Every exclusion that holds on the day.
pub async fn holding(db: &Db, on: Date) -> Result<Vec<Exclusion>> {
    select(&Scope::province())
        .and("e.ended_at IS NULL AND e.expires_on >= {}", [on])
        .order("e.id", Direction::Up)
        .fetch(db.reader())
        .await
}

/// An exclusion.
pub async fn get(db: &Db, scope: &Scope, id: &ExclusionId) -> Result<Exclusion> {
    let found = select(scope).and("e.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The last day that a mute may be given today.
pub(super) fn furthest(today: Date) -> Date {
    today.saturating_add(jiff::Span::new().days(366))
}

/// Checks reason, approver and last day of anything that is set aside; the day
/// stands in the field `field`.
pub(super) fn check(
    reason: &str,
    approver: &str,
    (field, until): (&'static str, Option<Date>),
    today: Date,
) -> Result<Date> {
    let until = until.filter(|until| *until > today && *until <= furthest(today));
    Error::any(&[
        (reason.trim().is_empty(), "sightings.reason-empty", "reason"),
        (approver.trim().is_empty(), "sightings.approver-empty", "approver"),
        (until.is_none(), "sightings.until-wrong", field),
    ])?;
    until.ok_or_else(|| Error::field("sightings.until-wrong", field))
}

/// Makes an exclusion, and sets aside what is open and matches it. Says how
/// many sightings that were.
pub async fn create(
    app: &App,
    by: &Decide,
    at: Timestamp,
    new: &NewExclusion,
) -> Result<(ExclusionId, usize)> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let exclusion = read(by, at, new, today)?;
    let mut change = app.db.change(by.actor(), at).await?;
    insert(change.conn(), &exclusion).await?;
    let mut matching = open_matching(change.conn(), &exclusion).await?;
    for sighting in &mut matching {
        sighting.take(Event::Refuse, at)?;
        sighting.refusal = Some(Refusal::Whitelisted);
        sighting.refused_until = Some(exclusion.expires_on);
        sighting.refused_reason = Some(exclusion.reason.clone());
        sighting.refused_by = Some(exclusion.approver.clone());
        sighting.waiting = None;
        let mut record = Record::new("sightings.refuse", &sighting.id)
            .with(serde_json::json!({ "exclusion": exclusion.id, "until": exclusion.expires_on }));
        record.unit = sighting.unit_id.as_ref().map(ToString::to_string);
        change.record(record);
    }
    store::save(change.conn(), &matching).await?;
    change.record(Record::new("sightings.exclude", &exclusion.id).with(&exclusion));
    change.commit().await?;
    Ok((exclusion.id, matching.len()))
}

/// Ends an exclusion before its time. What it set aside stays so until its day.
pub async fn end(app: &App, by: &Decide, at: Timestamp, id: &ExclusionId) -> Result<()> {
    let mut change = app.db.change(by.actor(), at).await?;
    let ended =
        sqlx::query("UPDATE exclusions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL")
            .bind(at.as_microsecond())
            .bind(id.as_str())
            .execute(change.conn())
            .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    change.record(Record::new("sightings.exclude_end", id));
    change.commit().await
}

fn read(by: &Decide, at: Timestamp, new: &NewExclusion, today: Date) -> Result<Exclusion> {
    let text = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (range, family) = (text(&new.range), text(&new.family));
    if range.is_none() && family.is_none() && new.unit.is_none() {
        return Err(Error::field("sightings.exclusion-empty", "range"));
    }
    let range = range
        .map(|text| text.parse::<networks::Range>())
        .transpose()
        .map_err(|_| Error::field("sightings.range-unread", "range"))?;
    let expires_on = check(&new.reason, &new.approver, ("expires_on", new.expires_on), today)?;
    Ok(Exclusion {
        id: ExclusionId::new(at),
        range_text: range.map(|range| range.to_string()),
        low: range.map(|range| range.low()),
        high: range.map(|range| range.high()),
        family_key: family.as_deref().map(lists::family_key),
        family,
        unit_id: new.unit.clone(),
        reason: new.reason.trim().to_owned(),
        approver: new.approver.trim().to_owned(),
        by_name: by.actor().name.clone(),
        expires_on: Day(expires_on),
        created_at: At(at),
        ended_at: None,
    })
}

async fn insert(conn: &mut sqlx::AnyConnection, new: &Exclusion) -> Result<()> {
    sqlx::query(
        "INSERT INTO exclusions (id, range_text, low, high, family, family_key, unit_id, reason,
            approver, by_name, expires_on, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(new.id.as_str())
    .bind(&new.range_text)
    .bind(&new.low)
    .bind(&new.high)
    .bind(&new.family)
    .bind(&new.family_key)
    .bind(new.unit_id.as_ref().map(UnitId::as_str))
    .bind(&new.reason)
    .bind(&new.approver)
    .bind(&new.by_name)
    .bind(new.expires_on.to_string())
    .bind(new.created_at.0.as_microsecond())
    .execute(conn)
    .await?;
    Ok(())
}

/// What is open and matches. Networks that are only partly inside do not.
async fn open_matching(
    conn: &mut sqlx::AnyConnection,
    exclusion: &Exclusion,
) -> Result<Vec<Sighting>> {
    let sql = format!(
        "SELECT {} FROM sightings s
         WHERE s.state IN ('new', 'placed', 'host_found', 'claimed', 'reopened')
           AND s.merged_into IS NULL
           AND ($1 IS NULL OR (s.address_key >= $1 AND s.address_key <= $2))
           AND ($3 IS NULL OR s.family_key = $3) AND ($4 IS NULL OR s.unit_id = $4)",
        store::COLUMNS
    );
    let found: Vec<Sighting> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(&exclusion.low)
        .bind(&exclusion.high)
        .bind(&exclusion.family_key)
        .bind(exclusion.unit_id.as_ref().map(UnitId::as_str))
        .fetch_all(conn)
        .await?;
    let inside = |sighting: &Sighting| {
        let Ok(address) = sighting.address.parse::<lists::Address>() else { return false };
        let (low, high) = super::import::span_keys(&address);
        exclusion.is_about((&low, &high), &sighting.family_key, sighting.unit_id.as_ref())
    };
    Ok(found.into_iter().filter(|sighting| inside(sighting)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_exclusion_is_about() {
        let at = Timestamp::UNIX_EPOCH;
        let by = Decide::of_system("test");
        let today = jiff::civil::date(2024, 1, 15);
        let [own, other] = [1, 2].map(|n| UnitId::new(Timestamp::from_second(n).unwrap()));
        let new = |range: Option<&str>, family: Option<&str>, unit: Option<&UnitId>| NewExclusion {
            range: range.map(str::to_owned),
            family: family.map(str::to_owned),
            unit: unit.cloned(),
            reason: "Bẫy".into(),
            approver: "Ông Mẫu".into(),
            expires_on: Some(jiff::civil::date(2024, 6, 30)),
        };
        let span = |text: &str| super::super::import::span_keys(&text.parse().unwrap());
        for (range, family, unit, address, expected) in [
            (Some("192.0.2.0/29"), None, None, "192.0.2.7", true),
            (Some("192.0.2.0/29"), None, None, "192.0.2.8", false),
            (Some("192.0.2.0/29"), None, None, "192.0.2.0/28", false),
            (Some("192.0.2.0/29"), Some("Gamut-Bot"), None, "192.0.2.1", true),
            (Some("192.0.2.0/29"), Some("mirai"), None, "192.0.2.1", false),
            (None, Some("GAMUT BOT"), None, "203.0.113.9", true),
            (None, None, Some(&own), "203.0.113.9", true),
            (None, None, Some(&other), "203.0.113.9", false),
        ] {
            let exclusion = read(&by, at, &new(range, family, unit), today).unwrap();
            let (low, high) = span(address);
            let about = exclusion.is_about((&low, &high), "gamutbot", Some(&own));
            assert_eq!(about, expected, "{range:?} {family:?} {address}");
        }
        assert!(read(&by, at, &new(None, None, None), today).is_err());
        let forever = NewExclusion {
            expires_on: Some(jiff::civil::date(2026, 1, 1)),
            ..new(None, Some("x"), None)
        };
        assert!(read(&by, at, &forever, today).is_err());
    }
}
