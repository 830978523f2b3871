//! What an installation is called and how it reaches the outside: the few
//! settings that its administrator changes while it runs.

mod pages;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::Administer,
    nouns::{Entry, Noun},
    store::{Db, Record},
};

/// The room's card.
pub const NOUN: Noun = Noun {
    pages: Some(pages::routes),
    menu: &[Entry {
        path: "/installation",
        text: "installation.title",
        shown: |viewer| viewer.administer().is_ok(),
    }],
    ..Noun::named("installation")
};

/// The settings of an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Installation {
    /// Name of the province, or whatever the constituency is, in full.
    pub province: String,
    /// Name of the team that signs notices.
    pub team: String,
    /// Where a unit calls back.
    pub phone: String,
    /// The mail server; without one, notices are printed and downloaded.
    pub mail: Option<MailServer>,
}

/// A mail server to hand messages to (RFC 6409).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// Host name or address.
    pub host: String,
    /// Port: 587 with STARTTLS, 465 with TLS from the first byte.
    pub port: u16,
    /// How the line is protected.
    pub security: MailSecurity,
    /// Login, if it asks for one.
    pub login: Option<String>,
    /// Name of the file in the data folder that holds the password: the
    /// password itself is in no table and no record.
    pub password_file: Option<String>,
    /// Sender, as `Tên <hop.thu@canh.example>`.
    pub from: String,
}

/// How a mail line is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear: only to a server on this machine.
    None,
}

const NAME: &str = "installation";

/// The settings; empty ones before the first start was finished.
pub async fn read(db: &Db) -> Result<Installation> {
    let found: Option<(String,)> = sqlx::query_as("SELECT value FROM settings WHERE name = $1")
        .bind(NAME)
        .fetch_optional(db.reader())
        .await?;
    Ok(found.map(|(text,)| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

/// Changes the settings.
pub async fn change(db: &Db, by: &Administer, at: Timestamp, new: &Installation) -> Result<()> {
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = $2",
    )
    .bind(NAME)
    .bind(serde_json::to_string(new)?)
    .execute(change.conn())
    .await?;
    change.record(Record::new("installation.change", NAME).with(new));
    change.commit().await
}
