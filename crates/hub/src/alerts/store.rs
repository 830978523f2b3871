//! An alert as its row, read and written inside a change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{AnyConnection, FromRow};

use super::{
    AlertId, Level, Outcome, Question, State,
    posted::{Posted, clean},
    rules::{self, Event, Item, There},
};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    registry::HostId,
    store::{
        At, Change, Direction, Json, Record, Select,
        bulk::{self, Value},
    },
};

/// Values in one `IN`.
const AT_ONCE: usize = 500;

/// The columns of an alert, by the alias `a`.
pub(super) const COLUMNS: &str = "a.id, a.group_key, a.rule_id, a.title, a.level, a.author, \
    a.license, a.rule_sha256, a.tags, a.reference_list, a.unit_id, a.host_id, a.host_name, \
    a.host_key, a.question, a.case_ref, a.state, a.outcome, a.reason, a.first_seen, a.last_seen, \
    a.detection_count, a.follows, a.raised_at, a.raised_by, a.acknowledged_at, \
    a.acknowledged_by, a.closed_at, a.closed_by, a.changed_at";

/// What somebody must answer for: a rule that matched on a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Alert {
    /// Identifier.
    pub id: AlertId,
    /// What its detections agree in.
    #[serde(skip)]
    pub group_key: String,
    /// Identifier of the rule; of an indicator, its kind and value.
    pub rule_id: String,
    /// Title of the rule.
    pub title: String,
    /// The highest level of its detections.
    pub level: Level,
    /// Who wrote the rule.
    pub author: String,
    /// The rule's licence.
    pub license: String,
    /// Digest of the version that matched first.
    pub rule_sha256: String,
    /// `attack.t1059.001` and the like.
    #[schema(value_type = Vec<String>)]
    pub tags: Json<Vec<String>>,
    /// Addresses to read more at.
    #[sqlx(rename = "reference_list")]
    #[schema(value_type = Vec<String>)]
    pub references: Json<Vec<String>>,
    /// Whose machine it is; missing while that is not known.
    pub unit_id: Option<UnitId>,
    /// The machine, if the register has it.
    pub host_id: Option<HostId>,
    /// Its name.
    pub host_name: String,
    /// Its name folded.
    #[serde(skip)]
    pub host_key: String,
    /// Why the machine is not known.
    pub question: Option<Question>,
    /// The case it was raised on, in the words of whoever raised it.
    #[sqlx(rename = "case_ref")]
    pub case: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What it turned out to be.
    pub outcome: Option<Outcome>,
    /// Why, in words.
    pub reason: Option<String>,
    /// Time of the first detection that has one.
    pub first_seen: Option<At>,
    /// Time of the last.
    pub last_seen: Option<At>,
    /// How many detections.
    pub detection_count: i64,
    /// The closed alert that this one comes after.
    pub follows: Option<AlertId>,
    /// When it was raised.
    pub raised_at: At,
    /// By whom.
    pub raised_by: String,
    /// When somebody took it on.
    pub acknowledged_at: Option<At>,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// When it was answered for.
    pub closed_at: Option<At>,
    /// By whom.
    pub closed_by: Option<String>,
    /// When it changed last.
    pub changed_at: At,
}

impl Alert {
    /// An alert that begins with this detection, which is not yet counted.
    pub(super) fn begin(id: AlertId, item: &Item, case: Option<String>, change: &Change) -> Self {
        let detection = &item.posted.detection;
        let rule = &detection.rule;
        let cleaned = |texts: &[String]| Json(texts.iter().map(|text| clean(text)).collect());
        Self {
            id,
            group_key: item.key.clone(),
            rule_id: detection.what(),
            title: detection.title(),
            level: item.posted.level,
            author: clean(&rule.author),
            license: clean(&rule.license),
            rule_sha256: clean(&rule.sha256),
            tags: cleaned(&rule.tags),
            references: cleaned(&rule.references),
            unit_id: item.machine.unit.clone(),
            host_id: item.machine.host.clone(),
            host_name: item.machine.name.clone(),
            host_key: item.machine.key.clone(),
            question: item.machine.question,
            case,
            state: State::New,
            outcome: None,
            reason: None,
            first_seen: None,
            last_seen: None,
            detection_count: 0,
            follows: None,
            raised_at: At(change.at()),
            raised_by: change.actor().name.clone(),
            acknowledged_at: None,
            acknowledged_by: None,
            closed_at: None,
            closed_by: None,
            changed_at: At(change.at()),
        }
    }

    /// Takes it through an event of the lifecycle. Errors: the event does not
    /// fit the state.
    pub(super) fn take(&mut self, event: Event, at: Timestamp) -> Result<()> {
        let next = rules::step(self.state, event);
        self.state = next.ok_or_else(|| Error::conflict("alerts.state-forbids"))?;
        self.changed_at = At(at);
        Ok(())
    }

    /// Counts a detection.
    pub(super) fn count(&mut self, posted: &Posted) {
        let (began, ended) = (posted.detection.began().map(At), posted.detection.time.map(At));
        self.first_seen = [self.first_seen, began].into_iter().flatten().min();
        self.last_seen = [self.last_seen, ended].into_iter().flatten().max();
        self.level = self.level.max(posted.level);
        self.detection_count += 1;
    }

    /// A record about it.
    pub(super) fn record(&self, action: &'static str, data: impl Serialize) -> Record {
        let mut record = Record::new(action, &self.id).with(data);
        record.unit = self.unit_id.as_ref().map(ToString::to_string);
        record
    }

    fn row(&self) -> [Value; 31] {
        let at = |at: Option<At>| at.map(|at| at.0);
        let list = |texts: &Json<Vec<String>>| serde_json::to_string(texts).unwrap_or_default();
        let fold = [
            &self.title,
            &self.rule_id,
            &self.host_name,
            self.case.as_ref().unwrap_or(&String::new()),
        ]
        .map(String::as_str)
        .join(" ");
        [
            self.id.to_string().into(),
            self.group_key.clone().into(),
            self.rule_id.clone().into(),
            self.title.clone().into(),
            self.level.name().into(),
            self.author.clone().into(),
            self.license.clone().into(),
            self.rule_sha256.clone().into(),
            list(&self.tags).into(),
            list(&self.references).into(),
            self.unit_id.as_ref().map(ToString::to_string).into(),
            self.host_id.as_ref().map(ToString::to_string).into(),
            self.host_name.clone().into(),
            self.host_key.clone().into(),
            self.question.map(|one| one.name().to_owned()).into(),
            self.case.clone().into(),
            self.state.name().into(),
            self.outcome.map(|one| one.name().to_owned()).into(),
            self.reason.clone().into(),
            at(self.first_seen).into(),
            at(self.last_seen).into(),
            self.detection_count.into(),
            self.follows.as_ref().map(ToString::to_string).into(),
            self.raised_at.0.into(),
            self.raised_by.clone().into(),
            at(self.acknowledged_at).into(),
            self.acknowledged_by.clone().into(),
            at(self.closed_at).into(),
            self.closed_by.clone().into(),
            self.changed_at.0.into(),
            words::fold(&fold).into(),
        ]
    }
}

/// An alert of the scope, inside a change. Outside the scope it is not found.
pub(super) async fn get(conn: &mut AnyConnection, scope: &Scope, id: &AlertId) -> Result<Alert> {
    let select = Select::new(COLUMNS, "alerts a").scoped(scope, "a.unit_id");
    let found = select.and("a.id = {}", [id.as_str()]).fetch_first(conn).await?;
    found.ok_or(Error::NotFound)
}

/// Detections of the scope that were posted before, and the alerts of the keys.
pub(super) async fn there(
    conn: &mut AnyConnection,
    scope: &Scope,
    items: &[Item],
) -> Result<There> {
    let mut there = There::default();
    for batch in items.chunks(AT_ONCE) {
        let references = batch.iter().map(|item| item.posted.reference.as_str());
        let known: Vec<(String, AlertId)> = Select::new(
            "d.source_ref, d.alert_id",
            "alert_detections d JOIN alerts a ON a.id = d.alert_id",
        )
        .scoped(scope, "a.unit_id")
        .any_of("d.source_ref", references)
        .fetch(&mut *conn)
        .await?;
        there.known.extend(known);
        let alerts: Vec<(String, AlertId, State)> =
            Select::new("a.group_key, a.id, a.state", "alerts a")
                .any_of("a.group_key", batch.iter().map(|item| item.key.as_str()))
                .order("a.id", Direction::Up)
                .fetch(&mut *conn)
                .await?;
        for (key, id, state) in alerts {
            let (open, closed) = there.alerts.entry(key).or_default();
            let place = if state == State::Closed { closed } else { open };
            *place = Some(id);
        }
    }
    Ok(there)
}

/// Writes alerts, new or changed, in few statements.
pub(super) async fn save<'a>(
    conn: &mut AnyConnection,
    alerts: impl IntoIterator<Item = &'a Alert>,
) -> Result<()> {
    bulk::put(
        conn,
        "alerts",
        [
            "id",
            "group_key",
            "rule_id",
            "title",
            "level",
            "author",
            "license",
            "rule_sha256",
            "tags",
            "reference_list",
            "unit_id",
            "host_id",
            "host_name",
            "host_key",
            "question",
            "case_ref",
            "state",
            "outcome",
            "reason",
            "first_seen",
            "last_seen",
            "detection_count",
            "follows",
            "raised_at",
            "raised_by",
            "acknowledged_at",
            "acknowledged_by",
            "closed_at",
            "closed_by",
            "changed_at",
            "fold",
        ],
        "ON CONFLICT (id) DO UPDATE SET group_key = excluded.group_key, level = excluded.level, \
         unit_id = excluded.unit_id, host_id = excluded.host_id, host_name = excluded.host_name, \
         host_key = excluded.host_key, question = excluded.question, state = excluded.state, \
         outcome = excluded.outcome, reason = excluded.reason, first_seen = excluded.first_seen, \
         last_seen = excluded.last_seen, detection_count = excluded.detection_count, \
         acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by, \
         closed_at = excluded.closed_at, closed_by = excluded.closed_by, \
         changed_at = excluded.changed_at, fold = excluded.fold",
        alerts.into_iter().map(Alert::row),
    )
    .await
}

/// Keeps detections with their alerts.
pub(super) async fn keep(change: &mut Change, kept: &[(&AlertId, &Item)]) -> Result<()> {
    let (at, by) = (change.at(), change.actor().name.clone());
    let row = |(alert, item): &(&AlertId, &Item)| -> [Value; 8] {
        [
            crate::ids::ulid(at).into(),
            alert.to_string().into(),
            item.posted.source().into(),
            item.posted.reference.clone().into(),
            item.posted.detection.time.into(),
            item.posted.raw.clone().into(),
            at.into(),
            by.clone().into(),
        ]
    };
    let rows: Vec<_> = kept.iter().map(row).collect();
    let columns = [
        "id",
        "alert_id",
        "source_sha256",
        "source_ref",
        "seen_at",
        "raw",
        "posted_at",
        "posted_by",
    ];
    bulk::insert(change.conn(), "alert_detections", columns, rows).await
}

/// The alerts of these identifiers, inside a change.
pub(super) async fn of_ids(
    conn: &mut AnyConnection,
    ids: &[AlertId],
) -> Result<BTreeMap<AlertId, Alert>> {
    let mut found = BTreeMap::new();
    for batch in ids.chunks(AT_ONCE) {
        let select =
            Select::new(COLUMNS, "alerts a").any_of("a.id", batch.iter().map(AlertId::as_str));
        let alerts: Vec<Alert> = select.fetch(&mut *conn).await?;
        found.extend(alerts.into_iter().map(|alert| (alert.id.clone(), alert)));
    }
    Ok(found)
}
