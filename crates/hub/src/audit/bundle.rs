//! Evidence on its way into a signed bundle. A room gathers; the shape and the
//! signature are the crate `proof`'s.

use std::io::Cursor;

use jiff::Timestamp;
use proof::{Bundle, Head, Heading, Sealed, SigningKey, Text};
use serde_json::Value;
use words::Lang;

use crate::{App, Error, Result, access::Scope, installation};

/// A bundle's bytes, and a name for its file.
pub struct Packed {
    /// A plain name ending in `.zip`.
    pub name: String,
    /// The zip.
    pub bytes: Vec<u8>,
}

/// Everything that goes into a bundle.
pub struct Evidence {
    /// Locale table with the titles of the records: `sightings.bundle`.
    pub texts: &'static str,
    /// What the bundle is about.
    pub heading: Heading,
    /// Records, by the name under `texts`.
    pub records: Vec<(&'static str, Value)>,
    /// Files, by the name that a person gave them.
    pub files: Vec<(String, Vec<u8>)>,
    /// Entries of the chain, in order.
    pub entries: Vec<Sealed>,
    /// The end of the chain when it was packed.
    pub head: Option<Head>,
}

impl Evidence {
    /// Nothing yet, about this subject; `title` in each language.
    pub async fn about(
        app: &App,
        at: Timestamp,
        texts: &'static str,
        kind: &str,
        subject: &str,
        title: impl Fn(Lang) -> String,
    ) -> Result<Self> {
        let heading = Heading {
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            title: Text { vi: title(Lang::Vi), en: title(Lang::En) },
            issuer: installation::read(&app.db).await?.province,
            created_at: at,
            zone: app.settings.zone.clone(),
        };
        let head = super::head(&app.db).await?;
        let (records, files, entries) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { texts, heading, records, files, entries, head })
    }

    /// Adds a kept file under the name that a person gave it.
    pub async fn keep(&mut self, app: &App, name: &str, sha256: &str) -> Result<()> {
        self.files.push((name.to_owned(), app.files.read(sha256).await?));
        Ok(())
    }

    /// Adds the entries of the chain on a subject, as far as the scope sees them.
    pub async fn traced(&mut self, app: &App, scope: &Scope, subject: &str) -> Result<()> {
        for row in super::of_subject(&app.db, scope, subject).await? {
            self.entries.push(row.sealed()?);
        }
        self.entries.sort_by_key(|sealed| sealed.entry.seq);
        Ok(())
    }

    /// The signed zip.
    pub fn write(self, key: &SigningKey) -> Result<Vec<u8>> {
        let mut bundle = Bundle::new(self.heading);
        for (name, value) in self.records {
            let key = format!("{}.{name}", self.texts);
            let title =
                Text { vi: Lang::Vi.t(&key).into_owned(), en: Lang::En.t(&key).into_owned() };
            bundle.record(name, title, value).map_err(Error::internal)?;
        }
        for (name, bytes) in self.files {
            bundle.file(&name, "application/octet-stream", bytes);
        }
        bundle.audit(self.entries, self.head);
        let mut out = Cursor::new(Vec::new());
        bundle.write(&mut out, key).map_err(Error::internal)?;
        Ok(out.into_inner())
    }
}
