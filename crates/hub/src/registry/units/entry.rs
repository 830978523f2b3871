//! A unit as it is entered.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::{Ending, Kind, Unit, read};
use crate::{
    Result,
    ids::UnitId,
    registry::{Cells, Entry, Field, Input, Known, Stamp, Which, Writer, writer::text},
    store::bulk,
    web::CellText,
};

/// The fields of a unit.
pub const FIELDS: &[Field] = &[
    Field::needed("code", "registry.units.code", Input::Line),
    Field::needed("name", "registry.units.name", Input::Line),
    Field::new("short_name", "registry.units.short-name", Input::Line),
    Field::new("parent", "registry.units.parent", Input::Operator),
    Field::new("kind", "registry.units.kind", Input::Words(Kind::WORDS)),
    Field::new("valid_from", "registry.units.valid-from", Input::Day),
    Field::new("valid_to", "registry.units.valid-to", Input::Day),
    Field::new("successor", "registry.units.successor", Input::Operator),
    Field::new("ending", "registry.units.ending", Input::Words(Ending::WORDS)),
    Field::new("note", "registry.units.note", Input::Lines),
];

/// A unit as it is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitEntry {
    /// Short code, unique in the province.
    pub code: String,
    /// Official name.
    pub name: String,
    /// What it is called for short.
    #[serde(default)]
    pub short_name: Option<String>,
    /// What kind of body.
    #[serde(default = "other")]
    pub kind: Kind,
    /// The unit above.
    #[serde(default)]
    pub parent_id: Option<UnitId>,
    /// First day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_to: Option<Date>,
    /// How it came to its end.
    #[serde(default)]
    pub ended_as: Option<Ending>,
    /// Who took over.
    #[serde(default)]
    pub successor_id: Option<UnitId>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<String>,
}

fn other() -> Kind {
    Kind::Other
}

impl From<Unit> for UnitEntry {
    fn from(unit: Unit) -> Self {
        Self {
            code: unit.code,
            name: unit.name,
            short_name: unit.short_name,
            kind: unit.kind,
            parent_id: unit.parent_id,
            valid_from: unit.valid_from.map(Into::into),
            valid_to: unit.valid_to.map(Into::into),
            ended_as: unit.ended_as,
            successor_id: unit.successor_id,
            note: unit.note,
        }
    }
}

impl Entry for UnitEntry {
    type Key = String;
    const KIND: crate::registry::Kind = crate::registry::Kind::Units;
    const ACTIONS: (&'static str, &'static str) = ("registry.add_unit", "registry.edit_unit");

    fn begin(cells: &mut Cells, _: &Known) -> Option<Self> {
        let code = cells.text("code");
        if code.is_none() {
            cells.error("registry.code-missing", "code", "");
        }
        Some(Self {
            code: code?,
            name: String::new(),
            short_name: None,
            kind: Kind::Other,
            parent_id: None,
            valid_from: None,
            valid_to: None,
            ended_as: None,
            successor_id: None,
            note: None,
        })
    }

    fn fill(&mut self, cells: &mut Cells, known: &Known) {
        if let Some(name) = cells.text("name") {
            self.name = name;
        }
        self.short_name = cells.text("short_name").or(self.short_name.take());
        self.parent_id = known.operator(cells, "parent").or(self.parent_id.take());
        self.kind = cells.word("kind", Kind::WORDS).and_then(Kind::named).unwrap_or(self.kind);
        self.valid_from = cells.day("valid_from").or(self.valid_from);
        self.valid_to = cells.day("valid_to").or(self.valid_to);
        self.successor_id = known.operator(cells, "successor").or(self.successor_id.take());
        let ending = cells.word("ending", Ending::WORDS).and_then(Ending::named);
        self.ended_as = ending.or(self.ended_as);
        self.note = cells.text("note").or(self.note.take());
        if self.valid_to.is_some() && self.ended_as.is_none() {
            let by = self.successor_id.is_some();
            self.ended_as = Some(if by { Ending::Merged } else { Ending::Dissolved });
        }
    }

    fn write(&self, to: &Writer) -> Vec<CellText> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            text(self.short_name.as_ref()),
            to.unit(self.parent_id.as_ref()),
            to.word(Some((self.kind.name(), self.kind.text()))),
            to.day(self.valid_from),
            to.day(self.valid_to),
            to.unit(self.successor_id.as_ref()),
            to.word(self.ended_as.map(|ending| (ending.name(), ending.text()))),
            text(self.note.as_ref()),
        ]
    }

    fn key(&self) -> String {
        words::fold(self.code.trim())
    }

    fn title(&self) -> String {
        format!("{} ({})", self.name, self.code)
    }

    fn keepers(&self) -> Vec<&UnitId> {
        // The tree is the province's: no unit edits itself in it.
        Vec::new()
    }

    fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.code.trim().is_empty() {
            faults.push(("registry.code-missing", "code"));
        }
        if self.name.trim().is_empty() {
            faults.push(("registry.name-missing", "name"));
        }
        if self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| to < from) {
            faults.push(("registry.days-backwards", "valid_to"));
        }
        if self.valid_to.is_none() && (self.ended_as.is_some() || self.successor_id.is_some()) {
            faults.push(("registry.end-day-missing", "valid_to"));
        }
        let goes_on = matches!(self.ended_as, Some(Ending::Merged | Ending::Renamed));
        if goes_on && self.successor_id.is_none() {
            faults.push(("registry.successor-missing", "successor"));
        }
        faults
    }

    async fn load(conn: &mut AnyConnection, which: Which<'_>) -> Result<Vec<(String, Self)>> {
        let select = match which {
            Which::All(scope) => read::select().scoped(scope, "u.id"),
            Which::One(id) => read::select().and("u.id = {}", [id]),
        };
        let rows: Vec<Unit> = select.fetch(conn).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.into())).collect())
    }

    async fn insert(
        conn: &mut AnyConnection,
        rows: &[(String, &Self)],
        stamp: &Stamp,
    ) -> Result<()> {
        let rows = rows.iter().map(|(id, one)| one.stored(id, "", stamp)).collect();
        bulk::insert_named(conn, "units", rows).await
    }

    async fn update(
        &self,
        conn: &mut AnyConnection,
        id: &str,
        _: &Self,
        stamp: &Stamp,
    ) -> Result<()> {
        let former = former(conn, id).await?;
        let row = self.stored(id, &former, stamp);
        bulk::update_named(conn, "units", id, row, &["id", "created_at"]).await
    }
}

impl UnitEntry {
    /// Its columns, for entering and for changing alike.
    fn stored(&self, id: &str, former: &str, stamp: &Stamp) -> bulk::Named<15> {
        [
            ("id", id.into()),
            ("code", self.code.as_str().into()),
            ("code_key", self.key().into()),
            ("name", self.name.as_str().into()),
            ("short_name", self.short_name.clone().into()),
            ("fold", self.folded(former).into()),
            ("kind", self.kind.name().into()),
            ("parent_id", self.parent_id.as_ref().map(ToString::to_string).into()),
            ("valid_from", self.valid_from.into()),
            ("valid_to", self.valid_to.into()),
            ("ended_as", self.ended_as.map(|ending| ending.name().to_owned()).into()),
            ("successor_id", self.successor_id.as_ref().map(ToString::to_string).into()),
            ("note", self.note.clone().into()),
            ("created_at", stamp.at.into()),
            ("changed_at", stamp.at.into()),
        ]
    }

    /// What a search looks into.
    pub(super) fn folded(&self, former: &str) -> String {
        let short = self.short_name.as_deref().unwrap_or_default();
        words::fold(&format!("{} {} {short} {former}", self.code, self.name))
    }
}

/// Former names of a unit, for its search text.
pub(super) async fn former(conn: &mut AnyConnection, id: &str) -> Result<String> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT name FROM unit_names WHERE unit_id = $1")
        .bind(id)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(" "))
}
