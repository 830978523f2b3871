//! Saying that a contact is still right, that mail comes back from it, that it
//! is over.

use jiff::Timestamp;
use serde_json::json;

use super::{Contact, GOOD_FOR, get};
use crate::{
    Result,
    registry::{ContactId, Keeper},
    store::{Change, Db, Record},
};

/// Confirms a contact without change: it is good for another 180 days.
pub async fn confirm(db: &Db, by: &Keeper, at: Timestamp, id: &ContactId) -> Result<()> {
    let contact = get(db, &by.scope(), id).await?;
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query(
        "UPDATE contacts SET confirmed_at = $2, expires_at = $3, bounced_at = NULL, bounce_reason = NULL,
         changed_at = $2 WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(at.as_microsecond())
    .bind((at + GOOD_FOR).as_microsecond())
    .execute(change.conn())
    .await?;
    change.record(Record::new("registry.confirm_contact", id).of_unit(&contact.unit_id));
    change.commit().await
}

/// Closes a contact: the person is not to be called any more.
pub async fn close(db: &Db, by: &Keeper, at: Timestamp, id: &ContactId) -> Result<()> {
    let contact = get(db, &by.scope(), id).await?;
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query("UPDATE contacts SET closed_at = $2, changed_at = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(at.as_microsecond())
        .execute(change.conn())
        .await?;
    let record = Record::new("registry.close_contact", id).of_unit(&contact.unit_id);
    change.record(record.with(json!({ "name": contact.name })));
    change.commit().await
}

/// Marks, inside a change, every open contact with this mailbox: mail came back
/// from it. For the room that sends mail; gives the contacts marked.
pub async fn bounced(
    db: &Db,
    change: &mut Change,
    email: &str,
    reason: &str,
) -> Result<Vec<Contact>> {
    let scope = crate::access::Scope::province();
    let select = super::select(&scope).and("LOWER(c.email) = {}", [email.trim().to_lowercase()]);
    let found: Vec<Contact> = select.fetch(db.reader()).await?;
    for contact in &found {
        mark(change, contact, reason).await?;
    }
    Ok(found)
}

async fn mark(change: &mut Change, contact: &Contact, reason: &str) -> Result<()> {
    let at = change.at();
    sqlx::query("UPDATE contacts SET bounced_at = $2, bounce_reason = $3 WHERE id = $1")
        .bind(contact.id.as_str())
        .bind(at.as_microsecond())
        .bind(reason.chars().take(500).collect::<String>())
        .execute(change.conn())
        .await?;
    let record = Record::new("registry.contact_bounced", &contact.id).of_unit(&contact.unit_id);
    change.record(record.with(json!({ "email": contact.email, "reason": reason })));
    Ok(())
}
