//! A contact as it is entered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::{Contact, GOOD_FOR, Role, read};
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{Cells, Entry, Field, Input, Kind, Known, Stamp, Which, Writer, writer::text},
    store::bulk,
    web::CellText,
};

/// The fields of a contact.
pub const FIELDS: &[Field] = &[
    Field::needed("unit", "registry.contacts.unit", Input::Unit),
    Field::needed("name", "registry.contacts.name", Input::Line),
    Field::new("role", "registry.contacts.role", Input::Words(Role::WORDS)),
    Field::new("position", "registry.contacts.position", Input::Line),
    Field::new("phone", "registry.contacts.phone", Input::Phone),
    Field::new("email", "registry.contacts.email", Input::Email),
    Field::new("hours", "registry.contacts.hours", Input::Line),
    Field::new("confirmed_at", "registry.contacts.confirmed-at", Input::Moment),
];

/// A contact as it is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactEntry {
    /// For which unit.
    pub unit_id: UnitId,
    /// Name in full.
    pub name: String,
    /// For what.
    #[serde(default = "other")]
    pub role: Role,
    /// Position.
    #[serde(default)]
    pub position: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Mailbox.
    #[serde(default)]
    pub email: Option<String>,
    /// When they answer.
    #[serde(default)]
    pub hours: Option<String>,
    /// When somebody last said that this is right.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub confirmed_at: Option<Timestamp>,
}

fn other() -> Role {
    Role::Other
}

impl From<Contact> for ContactEntry {
    fn from(contact: Contact) -> Self {
        Self {
            unit_id: contact.unit_id,
            name: contact.name,
            role: contact.role,
            position: contact.position,
            phone: contact.phone,
            email: contact.email,
            hours: contact.hours,
            confirmed_at: contact.confirmed_at.map(Into::into),
        }
    }
}

impl Entry for ContactEntry {
    type Key = (UnitId, Role, String);
    const KIND: Kind = Kind::Contacts;
    const ACTIONS: (&'static str, &'static str) = ("registry.add_contact", "registry.edit_contact");

    fn begin(cells: &mut Cells, known: &Known) -> Option<Self> {
        let unit_id = known.unit(cells, "unit");
        let name = cells.text("name");
        if name.is_none() {
            cells.error("registry.name-missing", "name", "");
        }
        let role = cells.word("role", Role::WORDS).and_then(Role::named);
        Some(Self {
            unit_id: unit_id?,
            name: name?,
            role: role.unwrap_or(Role::Other),
            position: None,
            phone: None,
            email: None,
            hours: None,
            confirmed_at: None,
        })
    }

    fn fill(&mut self, cells: &mut Cells, _: &Known) {
        if let Some(name) = cells.text("name") {
            self.name = name;
        }
        self.position = cells.text("position").or(self.position.take());
        self.phone = cells.text("phone").or(self.phone.take());
        self.email = cells.text("email").or(self.email.take());
        self.hours = cells.text("hours").or(self.hours.take());
        // A file from last year does not make a confirmation older.
        self.confirmed_at = cells.instant("confirmed_at").max(self.confirmed_at);
    }

    fn write(&self, to: &Writer) -> Vec<CellText> {
        vec![
            to.unit(Some(&self.unit_id)),
            self.name.as_str().into(),
            to.word(Some((self.role.name(), self.role.text()))),
            text(self.position.as_ref()),
            text(self.phone.as_ref()),
            text(self.email.as_ref()),
            text(self.hours.as_ref()),
            to.instant(self.confirmed_at),
        ]
    }

    fn key(&self) -> (UnitId, Role, String) {
        (self.unit_id.clone(), self.role, words::fold(self.name.trim()))
    }

    fn title(&self) -> String {
        self.name.clone()
    }

    fn keepers(&self) -> Vec<&UnitId> {
        vec![&self.unit_id]
    }

    fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(("registry.name-missing", "name"));
        }
        if self.email.as_deref().is_some_and(|email| !is_mailbox(email)) {
            faults.push(("registry.email-malformed", "email"));
        }
        faults
    }

    async fn load(conn: &mut AnyConnection, which: Which<'_>) -> Result<Vec<(String, Self)>> {
        let select = match which {
            Which::All(scope) => read::select(scope),
            Which::One(id) => read::select(&Scope::province()).and("c.id = {}", [id]),
        };
        let rows: Vec<Contact> = select.fetch(conn).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.into())).collect())
    }

    async fn insert(
        conn: &mut AnyConnection,
        rows: &[(String, &Self)],
        stamp: &Stamp,
    ) -> Result<()> {
        let rows = rows.iter().map(|(id, one)| one.stored(id, stamp)).collect();
        bulk::insert_named(conn, "contacts", rows).await
    }

    async fn update(
        &self,
        conn: &mut AnyConnection,
        id: &str,
        before: &Self,
        stamp: &Stamp,
    ) -> Result<()> {
        let row = self.stored(id, stamp);
        bulk::update_named(&mut *conn, "contacts", id, row, &["id", "created_at"]).await?;
        if self.email != before.email {
            // Another mailbox: what came back from the old one says nothing of it.
            sqlx::query(
                "UPDATE contacts SET bounced_at = NULL, bounce_reason = NULL WHERE id = $1",
            )
            .bind(id)
            .execute(conn)
            .await?;
        }
        Ok(())
    }
}

impl ContactEntry {
    /// Its columns, for entering and for changing alike.
    fn stored(&self, id: &str, stamp: &Stamp) -> bulk::Named<14> {
        [
            ("id", id.into()),
            ("unit_id", self.unit_id.to_string().into()),
            ("name", self.name.as_str().into()),
            ("name_key", self.key().2.into()),
            ("fold", self.folded().into()),
            ("role", self.role.name().into()),
            ("position", self.position.clone().into()),
            ("phone", self.phone.clone().into()),
            ("email", self.email.clone().into()),
            ("hours", self.hours.clone().into()),
            ("confirmed_at", self.confirmed_at.into()),
            ("expires_at", self.confirmed_at.map(|at| at + GOOD_FOR).into()),
            ("created_at", stamp.at.into()),
            ("changed_at", stamp.at.into()),
        ]
    }

    fn folded(&self) -> String {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        words::fold(&format!("{} {} {}", self.name, part(&self.phone), part(&self.email)))
    }
}

/// Whether a text can be a mailbox at all; the server that takes the mail knows
/// the rest (RFC 5321, 4.1.2, without quoted local parts).
fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.chars().all(|c| c.is_alphanumeric() || "._+-/=&'".contains(c))
    };
    plain(local) && plain(domain) && domain.contains('.')
}

#[cfg(test)]
mod tests {
    use super::is_mailbox;

    #[test]
    fn a_mailbox_has_two_plain_parts() {
        for (text, expected) in [
            ("truc@syt.dongthap.example", true),
            ("nguyen.van.a+ir@a.example", true),
            ("truc@syt", false),
            ("truc", false),
            ("a b@c.example", false),
            ("a@b.example\r\nBcc: c@d.example", false),
            ("@b.example", false),
        ] {
            assert_eq!(is_mailbox(text), expected, "{text}");
        }
    }
}
