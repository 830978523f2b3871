//! A system as it is entered.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::{Dossier, Measures, System, read};
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{Cells, Entry, Field, Input, Kind, Known, Stamp, Which, Writer, writer::text},
    store::bulk,
    web::CellText,
};

/// The fields of a system.
pub const FIELDS: &[Field] = &[
    Field::needed("code", "registry.systems.code", Input::Line),
    Field::needed("name", "registry.systems.name", Input::Line),
    Field::needed("owner", "registry.systems.owner", Input::Operator),
    Field::new("operator", "registry.systems.operator", Input::Operator),
    Field::new("level", "registry.systems.level", Input::Level),
    Field::new("dossier", "registry.systems.dossier", Input::Words(Dossier::WORDS)),
    Field::new("decision_number", "registry.systems.decision-number", Input::Line),
    Field::new("decided_on", "registry.systems.decided-on", Input::Day),
    Field::new("measures", "registry.systems.measures", Input::Words(Measures::WORDS)),
    Field::new("note", "registry.systems.note", Input::Lines),
];

/// A system as it is entered. What is missing is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemEntry {
    /// Short code, unique in the province.
    pub code: String,
    /// Name in full.
    pub name: String,
    /// The unit that answers for it.
    pub owner_id: UnitId,
    /// The unit that runs it.
    #[serde(default)]
    pub operator_id: Option<UnitId>,
    /// 1 to 5.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    pub level: Option<i64>,
    /// Where the dossier stands.
    #[serde(default)]
    pub dossier: Option<Dossier>,
    /// How far the measures are.
    #[serde(default)]
    pub measures: Option<Measures>,
    /// Number of the decision that approved the level.
    #[serde(default)]
    pub decision_number: Option<String>,
    /// Its day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub decided_on: Option<Date>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<String>,
}

impl From<System> for SystemEntry {
    fn from(system: System) -> Self {
        Self {
            code: system.code,
            name: system.name,
            owner_id: system.owner_id,
            operator_id: system.operator_id,
            level: system.level,
            dossier: system.dossier,
            measures: system.measures,
            decision_number: system.decision_number,
            decided_on: system.decided_on.map(Into::into),
            note: system.note,
        }
    }
}

impl Entry for SystemEntry {
    type Key = String;
    const KIND: Kind = Kind::Systems;
    const ACTIONS: (&'static str, &'static str) = ("registry.add_system", "registry.edit_system");

    fn begin(cells: &mut Cells, known: &Known) -> Option<Self> {
        let code = cells.text("code");
        if code.is_none() {
            cells.error("registry.code-missing", "code", "");
        }
        let owner_id = match cells.text("owner") {
            Some(_) => known.operator(cells, "owner"),
            None => known.unit(cells, "owner"),
        };
        Some(Self {
            code: code?,
            name: String::new(),
            owner_id: owner_id?,
            operator_id: None,
            level: None,
            dossier: None,
            measures: None,
            decision_number: None,
            decided_on: None,
            note: None,
        })
    }

    fn fill(&mut self, cells: &mut Cells, known: &Known) {
        if let Some(owner) = cells.text("owner").and_then(|_| known.operator(cells, "owner")) {
            self.owner_id = owner;
        }
        if let Some(name) = cells.text("name") {
            self.name = name;
        }
        self.operator_id = known.operator(cells, "operator").or(self.operator_id.take());
        self.level = level(cells).or(self.level);
        let dossier = cells.word("dossier", Dossier::WORDS).and_then(Dossier::named);
        self.dossier = dossier.or(self.dossier);
        let measures = cells.word("measures", Measures::WORDS).and_then(Measures::named);
        self.measures = measures.or(self.measures);
        self.decision_number = cells.text("decision_number").or(self.decision_number.take());
        self.decided_on = cells.day("decided_on").or(self.decided_on);
        self.note = cells.text("note").or(self.note.take());
    }

    fn write(&self, to: &Writer) -> Vec<CellText> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            to.unit(Some(&self.owner_id)),
            to.unit(self.operator_id.as_ref()),
            self.level.map_or_else(|| "".into(), CellText::from),
            to.word(self.dossier.map(|dossier| (dossier.name(), dossier.text()))),
            text(self.decision_number.as_ref()),
            to.day(self.decided_on),
            to.word(self.measures.map(|measures| (measures.name(), measures.text()))),
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
        [Some(&self.owner_id), self.operator_id.as_ref()].into_iter().flatten().collect()
    }

    fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.code.trim().is_empty() {
            faults.push(("registry.code-missing", "code"));
        }
        if self.name.trim().is_empty() {
            faults.push(("registry.name-missing", "name"));
        }
        if self.level.is_some_and(|level| !(1..=5).contains(&level)) {
            faults.push(("registry.level-out-of-range", "level"));
        }
        faults
    }

    async fn load(conn: &mut AnyConnection, which: Which<'_>) -> Result<Vec<(String, Self)>> {
        // All of them whatever the scope: a code is unique in the province.
        let select = read::select(&Scope::province());
        let select = match which {
            Which::All(_) => select,
            Which::One(id) => select.and("s.id = {}", [id]),
        };
        let rows: Vec<System> = select.fetch(conn).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.into())).collect())
    }

    async fn insert(
        conn: &mut AnyConnection,
        rows: &[(String, &Self)],
        stamp: &Stamp,
    ) -> Result<()> {
        let rows = rows.iter().map(|(id, one)| one.stored(id, stamp)).collect();
        bulk::insert_named(conn, "systems", rows).await
    }

    async fn update(
        &self,
        conn: &mut AnyConnection,
        id: &str,
        _: &Self,
        stamp: &Stamp,
    ) -> Result<()> {
        let row = self.stored(id, stamp);
        bulk::update_named(conn, "systems", id, row, &["id", "created_at"]).await
    }
}

impl SystemEntry {
    /// Its columns, for entering and for changing alike.
    fn stored(&self, id: &str, stamp: &Stamp) -> bulk::Named<15> {
        [
            ("id", id.into()),
            ("code", self.code.as_str().into()),
            ("code_key", self.key().into()),
            ("name", self.name.as_str().into()),
            ("fold", self.folded().into()),
            ("owner_id", self.owner_id.to_string().into()),
            ("operator_id", self.operator_id.as_ref().map(ToString::to_string).into()),
            ("level", self.level.into()),
            ("dossier", self.dossier.map(|dossier| dossier.name().to_owned()).into()),
            ("measures", self.measures.map(|measures| measures.name().to_owned()).into()),
            ("decision_number", self.decision_number.clone().into()),
            ("decided_on", self.decided_on.into()),
            ("note", self.note.clone().into()),
            ("created_at", stamp.at.into()),
            ("changed_at", stamp.at.into()),
        ]
    }

    fn folded(&self) -> String {
        words::fold(&format!("{} {}", self.code, self.name))
    }
}

/// `3`, `Cấp độ 3`, `cấp 3`, `Level 3`: the one digit in it.
fn level(cells: &mut Cells) -> Option<i64> {
    let text = cells.text("level")?;
    let digits: String = text.trim_end_matches(".0").chars().filter(char::is_ascii_digit).collect();
    let level = digits.parse().ok().filter(|level| (1..=5).contains(level));
    if level.is_none() {
        cells.error("registry.level-out-of-range", "level", &text);
    }
    level
}
