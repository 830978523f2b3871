//! Letters in which an authority names CVEs: a file, or typed in. The letter's
//! own severity and score stay apart from the vendor's.

use diag::Diagnostic;
use jiff::Timestamp;
use patches::{
    bulletins::letter,
    facts::{Builder, Severity},
};
use serde_json::json;

use super::{Kind, UNSIGNED, basis, load};
use crate::{App, Error, Result, access::Decide, exposures::BulletinId, store::Record};

/// Loads a letter, and judges every host again: what it asks about by name gets
/// an answer for every host. Errors: it names nothing, or it is known already.
pub async fn add(
    app: &App,
    by: &Decide,
    at: Timestamp,
    name: &str,
    bytes: Vec<u8>,
) -> Result<BulletinId> {
    load::carried(app, at).await?;
    let mut builder = Builder::default();
    let diagnostics = letter::read(name, &bytes, &mut builder);
    let facts = builder.finish();
    let source = facts.sources.first().cloned().ok_or_else(unreadable)?;
    if facts.cves.is_empty() && source.months.is_empty() {
        return Err(unreadable());
    }
    if load::is_known(app, &source.sha256).await? {
        return Err(Error::conflict("exposures.pack-again"));
    }
    let number = if source.id.is_empty() { name.to_owned() } else { source.id.clone() };
    let coming = load::Coming {
        kind: Kind::Letter,
        name: number,
        months: source.months.clone(),
        data_ends: source.released,
        sources: vec![source],
        trust: UNSIGNED.to_owned(),
        diagnostics: kept(diagnostics),
        stored: app.files.keep(bytes).await?,
    };
    let mut change = app.db.change(by.actor(), at).await?;
    let id = load::insert(&mut change, &coming).await?;
    basis::renew(app, &mut change).await?;
    change.commit().await?;
    Ok(id)
}

fn unreadable() -> Error {
    Error::field("exposures.letter-empty", "file")
}

fn kept(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.truncate(200);
    found
}

/// A letter as somebody types it: its number and day, and a line for each CVE
/// with whatever the letter says of it. Kept as the JSON that letters may be.
pub fn typed(number: &str, day: Option<jiff::civil::Date>, lines: &str) -> Vec<u8> {
    let mut builder = Builder::default();
    letter::read("typed", lines.as_bytes(), &mut builder);
    let cves: Vec<_> = builder
        .finish()
        .cves
        .into_iter()
        .map(|cve| {
            let naming = cve.named.first();
            let severity = naming.and_then(|one| one.severity).map_or("", Severity::word);
            let cvss = naming.and_then(|one| one.cvss).map(|tenths| f64::from(tenths) / 10.0);
            json!({ "id": cve.id, "severity": severity, "cvss": cvss })
        })
        .collect();
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    json!({ "number": number.trim(), "date": day, "cves": cves }).to_string().into_bytes()
}

/// Takes a letter out of force; what it named is no longer asked for by name.
pub async fn withdraw(app: &App, by: &Decide, at: Timestamp, id: &BulletinId) -> Result<()> {
    let mut change = app.db.change(by.actor(), at).await?;
    let done = sqlx::query(
        "UPDATE bulletins SET ended_at = $1 WHERE id = $2 AND kind = 'letter' AND ended_at IS NULL",
    )
    .bind(at.as_microsecond())
    .bind(id.as_str())
    .execute(change.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    change.record(Record::new("exposures.withdraw_letter", id));
    basis::renew(app, &mut change).await?;
    change.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_reads_as_a_letter() {
        let day = jiff::civil::date(2023, 11, 22);
        let bytes = typed(
            "123/MAU-ATTT",
            Some(day),
            "CVE-2023-36397 (nghiêm trọng, CVSS 9.8)\ncve-2023-36025",
        );
        let mut builder = Builder::default();
        letter::read("typed", &bytes, &mut builder);
        let facts = builder.finish();
        let source = &facts.sources[0];
        assert_eq!((source.id.as_str(), source.released), ("123/MAU-ATTT", Some(day)));
        let ids: Vec<&str> = facts.cves.iter().map(|cve| cve.id.as_str()).collect();
        assert_eq!(ids, ["CVE-2023-36397", "CVE-2023-36025"]);
        assert_eq!(facts.cves[0].named[0].cvss, Some(98));
    }
}
