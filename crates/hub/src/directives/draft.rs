//! Writing a letter down: by hand, or from a pack. Only a draft can be changed;
//! what was issued stands as it was sent.

use diag::{Diagnostic, Place};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Counts, Covers, Demand, DemandId, Directive, DirectiveId, Reference, State, Text, end_of_day,
    read,
};
use crate::{
    App, Error, Result,
    access::{Decide, Scope},
    checks::of_kind,
    store::{Change, Db, Json, Record, files},
};

/// A letter as it is written down.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Letter {
    /// Number as printed.
    pub number: String,
    /// Who signs it.
    pub issuer: String,
    /// Its day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// What it is about.
    pub title: Text,
    /// First day it speaks of.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub period_from: Option<Date>,
    /// Last day it speaks of.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub period_to: Option<Date>,
    /// What it is founded on.
    #[serde(default)]
    pub legal_base: Vec<Reference>,
    /// Numbers of letters it speaks of.
    #[serde(default)]
    pub refers_to: Vec<String>,
    /// Numbers of letters whose place it takes.
    #[serde(default)]
    pub supersedes: Vec<String>,
}

/// A demand as it is written down.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Asking {
    /// Short name within the letter.
    pub code: String,
    /// The clause, as one would cite it.
    #[serde(default)]
    pub clause: String,
    /// What is asked, in one line.
    pub title: Text,
    /// What is asked, whole.
    #[serde(default)]
    pub text: Text,
    /// Who has to answer.
    pub covers: Covers,
    /// The last instant that is in time.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// How it is proved: the kind of a check.
    #[serde(default = "declared")]
    pub check_kind: String,
    /// What the check needs to know.
    #[serde(default = "no_parameters")]
    #[schema(value_type = Object)]
    pub check_parameters: serde_json::Value,
    /// Whether "nothing to report" is an answer.
    #[serde(default)]
    pub zero_allowed: bool,
    /// What is counted, when something is.
    #[serde(default)]
    pub counts: Option<Counts>,
}

fn declared() -> String {
    super::checks::DECLARED.to_owned()
}

fn no_parameters() -> serde_json::Value {
    serde_json::json!({})
}

/// Makes a draft.
pub async fn create(db: &Db, by: &Decide, at: Timestamp, letter: &Letter) -> Result<DirectiveId> {
    check(letter)?;
    let mut change = db.change(by.actor(), at).await?;
    let id = insert(&mut change, letter, None).await?;
    change.commit().await?;
    Ok(id)
}

/// Makes a draft of everything a pack says: its letter and all its demands.
pub async fn from_pack(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    pack: packs::Directive,
    zone: &TimeZone,
) -> Result<DirectiveId> {
    let date = pack.date;
    let demands = pack.demands.iter().map(|demand| asking(demand, date, zone));
    let demands = demands.collect::<Result<Vec<_>>>()?;
    let name = pack.pack.name.clone();
    let letter = letter_of(pack);
    check(&letter)?;
    let mut change = db.change(by.actor(), at).await?;
    let id = insert(&mut change, &letter, Some(&name)).await?;
    for (place, demand) in (1..).zip(&demands) {
        insert_demand(&mut change, &id, place, demand).await?;
    }
    change.commit().await?;
    Ok(id)
}

/// The letters that packs hold, and what was wrong with those that cannot be used.
pub async fn from_packs(app: &App) -> Result<(Vec<packs::Directive>, Vec<Diagnostic>)> {
    let own = app.settings.data.join("packs");
    tokio::task::spawn_blocking(move || {
        let (packs, mut found) = packs::Packs::with_overlay(&own)?;
        let (letters, faults) = packs.load_all::<packs::Directive>();
        found.extend(faults);
        Ok((letters, found))
    })
    .await
    .map_err(Error::internal)?
}

fn letter_of(pack: packs::Directive) -> Letter {
    let reference = |one: packs::Reference| Reference {
        number: one.number,
        date: Some(one.date),
        issuer: one.issuer,
        title: one.title.into(),
    };
    Letter {
        number: pack.number,
        issuer: pack.issuer,
        date: pack.date,
        title: pack.title.into(),
        period_from: Some(pack.period.from),
        period_to: Some(pack.period.to),
        legal_base: pack.legal_base.into_iter().map(reference).collect(),
        refers_to: pack.refers_to,
        supersedes: pack.supersedes,
    }
}

fn asking(demand: &packs::Demand, date: Date, zone: &TimeZone) -> Result<Asking> {
    let counts = demand.counts.clone();
    Ok(Asking {
        code: demand.code.clone(),
        clause: demand.clause.clone(),
        title: demand.title.clone().into(),
        text: demand.text.clone().into(),
        covers: demand.scope.clone().into(),
        due_at: end_of_day(demand.due.date(date), zone)?,
        check_kind: demand.check.kind.clone(),
        check_parameters: serde_json::to_value(&demand.check.parameters)?,
        zero_allowed: demand.zero_report_allowed,
        counts: counts.map(|of| Counts { handled: of.handled.into(), total: of.total.into() }),
    })
}

fn check(letter: &Letter) -> Result<()> {
    let period = letter.period_from.zip(letter.period_to);
    Error::any(&[
        (letter.number.trim().is_empty(), "directives.number-empty", "number"),
        (letter.issuer.trim().is_empty(), "directives.issuer-empty", "issuer"),
        (letter.title.vi.trim().is_empty(), "directives.title-empty", "title"),
        (period.is_some_and(|(from, to)| to < from), "directives.period-backwards", "period_to"),
    ])
}

async fn insert(change: &mut Change, letter: &Letter, pack: Option<&str>) -> Result<DirectiveId> {
    let at = change.at();
    let id = DirectiveId::new(at);
    sqlx::query(
        "INSERT INTO directives (id, number, issuer, date, title, period_from, period_to, legal_base,
            refers_to, supersedes, pack, fold, state, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'draft', $13)",
    )
    .bind(id.as_str())
    .bind(letter.number.trim())
    .bind(letter.issuer.trim())
    .bind(letter.date.to_string())
    .bind(Json(&letter.title))
    .bind(letter.period_from.map(|day| day.to_string()))
    .bind(letter.period_to.map(|day| day.to_string()))
    .bind(Json(&letter.legal_base))
    .bind(Json(&letter.refers_to))
    .bind(Json(&letter.supersedes))
    .bind(pack)
    .bind(fold(letter))
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    let data = serde_json::json!({"letter": letter, "pack": pack});
    change.record(Record::new("directives.draft", &id).with(data));
    Ok(id)
}

fn fold(letter: &Letter) -> String {
    let Letter { number, issuer, title, .. } = letter;
    words::fold(&format!("{number} {issuer} {} {}", title.vi, title.en))
}

/// Changes a draft.
pub async fn edit(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    id: &DirectiveId,
    letter: &Letter,
) -> Result<()> {
    check(letter)?;
    let mut change = db.change(by.actor(), at).await?;
    let done = sqlx::query(
        "UPDATE directives SET number = $2, issuer = $3, date = $4, title = $5, period_from = $6,
            period_to = $7, legal_base = $8, refers_to = $9, supersedes = $10, fold = $11
         WHERE id = $1 AND state = 'draft'",
    )
    .bind(id.as_str())
    .bind(letter.number.trim())
    .bind(letter.issuer.trim())
    .bind(letter.date.to_string())
    .bind(Json(&letter.title))
    .bind(letter.period_from.map(|day| day.to_string()))
    .bind(letter.period_to.map(|day| day.to_string()))
    .bind(Json(&letter.legal_base))
    .bind(Json(&letter.refers_to))
    .bind(Json(&letter.supersedes))
    .bind(fold(letter))
    .execute(change.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::conflict("directives.not-a-draft"));
    }
    change.record(Record::new("directives.edit", id).with(letter));
    change.commit().await
}

/// Adds a demand to a draft, at its end.
pub async fn add_demand(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    directive: &DirectiveId,
    demand: &Asking,
) -> Result<DemandId> {
    check_demand(demand)?;
    let mut change = db.change(by.actor(), at).await?;
    lock_draft(&mut change, directive).await?;
    let (last,): (i64,) = sqlx::query_as(
        "SELECT CAST(COALESCE(MAX(place), 0) AS BIGINT) FROM demands WHERE directive_id = $1",
    )
    .bind(directive.as_str())
    .fetch_one(change.conn())
    .await?;
    let id = insert_demand(&mut change, directive, last + 1, demand).await?;
    change.commit().await?;
    Ok(id)
}

/// Changes a demand of a draft.
pub async fn edit_demand(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    (directive, id): (&DirectiveId, &DemandId),
    demand: &Asking,
) -> Result<()> {
    check_demand(demand)?;
    let mut change = db.change(by.actor(), at).await?;
    lock_draft(&mut change, directive).await?;
    let place = place_of(&mut change, directive, id).await?;
    take_out(&mut change, id).await?;
    write_demand(&mut change, directive, id, place, demand).await?;
    change.record(Record::new("directives.edit-demand", directive).with(demand));
    change.commit().await
}

/// Takes a demand out of a draft.
pub async fn remove_demand(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    (directive, id): (&DirectiveId, &DemandId),
) -> Result<()> {
    let demand = read::demand(db, directive, id).await?;
    let mut change = db.change(by.actor(), at).await?;
    lock_draft(&mut change, directive).await?;
    take_out(&mut change, id).await?;
    change.record(Record::new("directives.remove-demand", directive).with(demand.code));
    change.commit().await
}

/// Throws a draft away. Its record stays in the chain.
pub async fn discard(db: &Db, by: &Decide, at: Timestamp, id: &DirectiveId) -> Result<()> {
    let letter = read::directive(db, &Scope::province(), id).await?;
    let mut change = db.change(by.actor(), at).await?;
    lock_draft(&mut change, id).await?;
    for sql in [
        "DELETE FROM demands WHERE directive_id = $1",
        "DELETE FROM directive_files WHERE directive_id = $1",
        "DELETE FROM directives WHERE id = $1",
    ] {
        sqlx::query(sql).bind(id.as_str()).execute(change.conn()).await?;
    }
    change.record(Record::new("directives.discard", id).with(letter.number));
    change.commit().await
}

/// Keeps a file that came with a letter: the scan, its annexes. While it is not closed.
pub async fn attach(
    app: &App,
    by: &Decide,
    at: Timestamp,
    id: &DirectiveId,
    (name, bytes): (&str, Vec<u8>),
) -> Result<()> {
    let letter = read::directive(&app.db, &Scope::province(), id).await?;
    if letter.state == State::Closed {
        return Err(Error::conflict("directives.not-a-draft"));
    }
    let stored = app.files.keep(bytes).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    files::register(change.conn(), &stored, at).await?;
    sqlx::query(
        "INSERT INTO directive_files (directive_id, sha256, name, size, uploaded_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(id.as_str())
    .bind(&stored.sha256)
    .bind(name)
    .bind(stored.size as i64)
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    let data = serde_json::json!({"name": name, "sha256": stored.sha256, "size": stored.size});
    change.record(Record::new("directives.attach", id).with(data));
    change.commit().await
}

fn check_demand(demand: &Asking) -> Result<()> {
    let nobody = match &demand.covers {
        Covers::All => false,
        Covers::Kinds(named) | Covers::Units(named) => named.is_empty(),
    };
    // What the chain cannot write down, it cannot vouch for.
    let parameters = &demand.check_parameters;
    let unwritable = !parameters.is_object() || proof::canonical(parameters).is_err();
    Error::any(&[
        (demand.code.trim().is_empty(), "directives.code-empty", "code"),
        (demand.title.vi.trim().is_empty(), "directives.title-empty", "title"),
        (nobody, "directives.covers-nobody", "covers"),
        (unwritable, "directives.parameters-unreadable", "check_parameters"),
    ])?;
    of_kind(demand.check_kind.trim()).map_or(Ok(()), |check| check.accepts(parameters))
}

/// Holds the draft against a concurrent issue until this change is over.
async fn lock_draft(change: &mut Change, id: &DirectiveId) -> Result<()> {
    let locked =
        sqlx::query("UPDATE directives SET state = 'draft' WHERE id = $1 AND state = 'draft'")
            .bind(id.as_str())
            .execute(change.conn())
            .await?;
    if locked.rows_affected() == 0 {
        return Err(Error::conflict("directives.not-a-draft"));
    }
    Ok(())
}

async fn place_of(change: &mut Change, directive: &DirectiveId, id: &DemandId) -> Result<i64> {
    let (place,): (i64,) =
        sqlx::query_as("SELECT place FROM demands WHERE id = $1 AND directive_id = $2")
            .bind(id.as_str())
            .bind(directive.as_str())
            .fetch_one(change.conn())
            .await?;
    Ok(place)
}

async fn take_out(change: &mut Change, id: &DemandId) -> Result<()> {
    sqlx::query("DELETE FROM demands WHERE id = $1")
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    Ok(())
}

async fn insert_demand(
    change: &mut Change,
    directive: &DirectiveId,
    place: i64,
    demand: &Asking,
) -> Result<DemandId> {
    let id = DemandId::new(change.at());
    write_demand(change, directive, &id, place, demand).await?;
    change.record(Record::new("directives.add-demand", directive).with(demand));
    Ok(id)
}

async fn write_demand(
    change: &mut Change,
    directive: &DirectiveId,
    id: &DemandId,
    place: i64,
    demand: &Asking,
) -> Result<()> {
    let made = sqlx::query(
        "INSERT INTO demands (id, directive_id, place, code, clause, title, text, covers, due_at,
            check_kind, check_parameters, zero_allowed, counts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (directive_id, code) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(directive.as_str())
    .bind(place)
    .bind(demand.code.trim())
    .bind(demand.clause.trim())
    .bind(Json(&demand.title))
    .bind(Json(&demand.text))
    .bind(Json(&demand.covers))
    .bind(demand.due_at.as_microsecond())
    .bind(demand.check_kind.trim())
    .bind(Json(&demand.check_parameters))
    .bind(i64::from(demand.zero_allowed))
    .bind(demand.counts.as_ref().map(Json))
    .execute(change.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::field("directives.code-taken", "code"));
    }
    Ok(())
}

impl From<&Directive> for Letter {
    fn from(of: &Directive) -> Self {
        Self {
            number: of.number.clone(),
            issuer: of.issuer.clone(),
            date: of.date.0,
            title: of.title.0.clone(),
            period_from: of.period_from.map(Date::from),
            period_to: of.period_to.map(Date::from),
            legal_base: of.legal_base.0.clone(),
            refers_to: of.refers_to.0.clone(),
            supersedes: of.supersedes.0.clone(),
        }
    }
}

impl From<&Demand> for Asking {
    fn from(of: &Demand) -> Self {
        Self {
            code: of.code.clone(),
            clause: of.clause.clone(),
            title: of.title.0.clone(),
            text: of.text.0.clone(),
            covers: of.covers.0.clone(),
            due_at: of.due_at.0,
            check_kind: of.check_kind.clone(),
            check_parameters: of.check_parameters.0.clone(),
            zero_allowed: of.zero_allowed.0,
            counts: of.counts.as_ref().map(|counts| counts.0.clone()),
        }
    }
}

/// Reads a day as a person or a browser writes it: `2024-02-05` or `05/02/2024`.
pub fn day(text: &str, field: &'static str) -> Result<Date> {
    let text = text.trim();
    let read = text.parse().or_else(|_| Date::strptime("%d/%m/%Y", text));
    let unreadable =
        || Diagnostic::error("directives.date-unreadable", Place::default().in_column(field));
    read.map_err(|_| Error::Invalid(vec![unreadable().with("value", text)]))
}
