//! A sighting as its row, read and written inside a change.

use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

use super::{
    AnswerId, FeedId, ListId, Question, Refusal, SightingId, State,
    answer::Word,
    rules::{self, Event},
};
use crate::{
    Error, Result,
    ids::UnitId,
    registry::HostId,
    store::{At, Day, Json, bulk, bulk::Value},
};

/// The columns of a sighting, by the alias `s`.
pub(super) const COLUMNS: &str = "s.id, s.address, s.address_key, s.family, s.family_key, s.kind, \
    s.unit_id, s.state, s.question, s.first_seen, s.last_seen, s.row_count, s.host_id, \
    s.host_name, s.cleaned_on, s.claim_id, s.proof, s.verified_at, s.reopened, s.reopened_at, \
    s.waiting, s.refusal, s.refused_until, s.refused_reason, s.refused_by, s.merged_into, \
    s.created_at, s.changed_at";

/// An address with a malware family at a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Sighting {
    /// Identifier.
    pub id: SightingId,
    /// An address, or a network where the list named no single one.
    pub address: String,
    /// Its first address as 32 hex characters.
    #[serde(skip)]
    pub address_key: String,
    /// Malware family as the first list wrote it; empty where none was named.
    pub family: String,
    /// The family without case and punctuation.
    #[serde(skip)]
    pub family_key: String,
    /// RSIT type of the latest row, as `infected-system`.
    pub kind: String,
    /// Whose it is; missing while that is the question.
    pub unit_id: Option<UnitId>,
    /// Where it stands.
    pub state: State,
    /// Why it is nobody's yet.
    pub question: Option<Question>,
    /// First time in any list.
    pub first_seen: At,
    /// Last time in any list.
    pub last_seen: At,
    /// Rows in all lists, without those said twice.
    pub row_count: i64,
    /// The machine, if the register has it.
    pub host_id: Option<HostId>,
    /// Name of the machine, or of several.
    pub host_name: Option<String>,
    /// The day on which the unit says it was cleaned.
    pub cleaned_on: Option<Day>,
    /// The answer that says so.
    pub claim_id: Option<AnswerId>,
    /// The silent lists that prove it.
    #[schema(value_type = Option<Vec<SilentFeed>>)]
    pub proof: Option<Json<Vec<SilentFeed>>>,
    /// When it was proved.
    pub verified_at: Option<At>,
    /// How often it was reopened.
    pub reopened: i64,
    /// When it was reopened last.
    pub reopened_at: Option<At>,
    /// A word of the unit that waits for the province.
    pub waiting: Option<Word>,
    /// Why it was set aside.
    pub refusal: Option<Refusal>,
    /// Last day on which that holds.
    pub refused_until: Option<Day>,
    /// The reason in words.
    pub refused_reason: Option<String>,
    /// Who approved it.
    pub refused_by: Option<String>,
    /// The sighting that took its rows.
    pub merged_into: Option<SightingId>,
    /// When it began.
    pub created_at: At,
    /// When it changed last.
    pub changed_at: At,
}

/// The lists of one feed whose silence proved a cleaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SilentFeed {
    /// The feed.
    pub feed: FeedId,
    /// Its silent lists, in the order of their days.
    pub lists: Vec<ListId>,
}

impl Sighting {
    /// Takes it through an event of the lifecycle. Errors: the event does not
    /// fit the state.
    pub(super) fn take(&mut self, event: Event, at: impl Into<At>) -> Result<()> {
        let at = at.into();
        let step = rules::step(self.state, event, self.unit_id.is_some())
            .ok_or_else(|| Error::conflict("sightings.state-forbids"))?;
        if step.state == self.state && event == Event::SeenAgain {
            return Ok(());
        }
        self.state = step.state;
        self.changed_at = at;
        if step.again {
            self.reopened += 1;
            self.reopened_at = Some(at);
        }
        self.forget();
        Ok(())
    }

    /// Leaves only what the new state still means.
    fn forget(&mut self) {
        if !matches!(self.state, State::Claimed | State::Verified) {
            (self.cleaned_on, self.claim_id) = (None, None);
        }
        if self.state != State::Verified {
            (self.proof, self.verified_at) = (None, None);
        }
        if self.state != State::Refused {
            (self.refusal, self.refused_until) = (None, None);
            (self.refused_reason, self.refused_by) = (None, None);
        }
        if self.unit_id.is_some() {
            self.question = None;
        }
    }

    fn values(&self) -> [Value; 28] {
        let text = |id: &Option<UnitId>| id.as_ref().map(ToString::to_string);
        [
            self.id.to_string().into(),
            self.address.clone().into(),
            self.address_key.clone().into(),
            self.family.clone().into(),
            self.family_key.clone().into(),
            self.kind.clone().into(),
            text(&self.unit_id).into(),
            self.state.name().into(),
            self.question.map(|one| one.name().to_owned()).into(),
            self.first_seen.0.into(),
            self.last_seen.0.into(),
            self.row_count.into(),
            self.host_id.as_ref().map(ToString::to_string).into(),
            self.host_name.clone().into(),
            self.cleaned_on.map(|day| day.to_string()).into(),
            self.claim_id.as_ref().map(ToString::to_string).into(),
            self.proof.as_ref().and_then(|proof| serde_json::to_string(proof).ok()).into(),
            self.verified_at.map(|at| at.0).into(),
            self.reopened.into(),
            self.reopened_at.map(|at| at.0).into(),
            self.waiting.map(|word| word.name().to_owned()).into(),
            self.refusal.map(|kind| kind.name().to_owned()).into(),
            self.refused_until.map(|day| day.to_string()).into(),
            self.refused_reason.clone().into(),
            self.refused_by.clone().into(),
            self.merged_into.as_ref().map(ToString::to_string).into(),
            self.created_at.0.into(),
            self.changed_at.0.into(),
        ]
    }

    fn row(&self) -> [Value; 29] {
        let mut all = std::array::from_fn(|_| Value::MaybeInt(None));
        for (place, value) in all.iter_mut().zip(self.values()) {
            *place = value;
        }
        all[28] = self.fold().into();
        all
    }

    fn fold(&self) -> String {
        words::fold(&format!("{} {}", self.address, self.family))
    }
}

/// The sighting of an id, wherever its rows went since, inside a change.
pub(super) async fn get(conn: &mut AnyConnection, id: &SightingId) -> Result<Sighting> {
    let sql = format!("SELECT {COLUMNS} FROM sightings s WHERE s.id = $1");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id.as_str()).fetch_one(conn).await?)
}

/// Writes sightings, new or changed, in few statements.
pub(super) async fn save<'s>(
    conn: &mut AnyConnection,
    sightings: impl IntoIterator<Item = &'s Sighting>,
) -> Result<()> {
    let rows: Vec<_> = sightings.into_iter().map(Sighting::row).collect();
    bulk::put(
        conn,
        "sightings",
        [
            "id",
            "address",
            "address_key",
            "family",
            "family_key",
            "kind",
            "unit_id",
            "state",
            "question",
            "first_seen",
            "last_seen",
            "row_count",
            "host_id",
            "host_name",
            "cleaned_on",
            "claim_id",
            "proof",
            "verified_at",
            "reopened",
            "reopened_at",
            "waiting",
            "refusal",
            "refused_until",
            "refused_reason",
            "refused_by",
            "merged_into",
            "created_at",
            "changed_at",
            "fold",
        ],
        "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, unit_id = excluded.unit_id, \
         state = excluded.state, question = excluded.question, first_seen = excluded.first_seen, \
         last_seen = excluded.last_seen, row_count = excluded.row_count, \
         host_id = excluded.host_id, host_name = excluded.host_name, \
         cleaned_on = excluded.cleaned_on, claim_id = excluded.claim_id, proof = excluded.proof, \
         verified_at = excluded.verified_at, reopened = excluded.reopened, \
         reopened_at = excluded.reopened_at, waiting = excluded.waiting, \
         refusal = excluded.refusal, refused_until = excluded.refused_until, \
         refused_reason = excluded.refused_reason, refused_by = excluded.refused_by, \
         merged_into = excluded.merged_into, changed_at = excluded.changed_at",
        rows,
    )
    .await
}
