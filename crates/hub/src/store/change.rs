//! A write transaction that cannot be committed without a record of it.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{Any, AnyConnection, Transaction};
use tokio::sync::broadcast;

use super::Changed;
use crate::{Error, Result, access::Actor, audit};

/// What the audit chain will say of a change.
#[derive(Clone, Debug)]
pub struct Record {
    /// `<noun>.<verb>`, as `sightings.import`.
    pub action: &'static str,
    /// Identifier of the thing changed.
    pub subject: String,
    /// The unit it concerns, if it concerns one.
    pub unit: Option<String>,
    /// What changed, as a reader years later will want it. Never a secret.
    pub data: serde_json::Value,
}

impl Record {
    /// A record of `action` on `subject`.
    pub fn new(action: &'static str, subject: &(impl ToString + ?Sized)) -> Self {
        Self { action, subject: subject.to_string(), unit: None, data: serde_json::Value::Null }
    }

    /// The same record, about this unit.
    #[must_use]
    pub fn of_unit(mut self, unit: &(impl ToString + ?Sized)) -> Self {
        self.unit = Some(unit.to_string());
        self
    }

    /// The same record, with what changed. A value that cannot be JSON is said to be so.
    #[must_use]
    pub fn with(mut self, data: impl Serialize) -> Self {
        self.data = serde_json::to_value(data).unwrap_or_else(|cause| cause.to_string().into());
        self
    }
}

/// An open change: who, when, and the transaction. Dropped, it leaves nothing.
pub struct Change {
    tx: Transaction<'static, Any>,
    actor: Actor,
    at: Timestamp,
    records: Vec<Record>,
    changes: broadcast::Sender<Changed>,
}

impl Change {
    pub(super) fn new(
        tx: Transaction<'static, Any>,
        actor: Actor,
        at: Timestamp,
        changes: broadcast::Sender<Changed>,
    ) -> Self {
        Self { tx, actor, at, records: Vec::new(), changes }
    }

    /// The connection inside the transaction: read and write through it.
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// When this change happens.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Who makes it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Waits until nobody else is in the middle of such a change: for verbs that
    /// write what they decided by reading. It takes the lock that every commit
    /// takes on the end of the chain, only earlier.
    pub async fn alone(&mut self) -> Result<()> {
        audit::lock_head(&mut self.tx).await?;
        Ok(())
    }

    /// Leaves a record for the chain.
    pub fn record(&mut self, record: Record) {
        self.records.push(record);
    }

    /// Appends the records to the chain and commits both together; then tells
    /// whoever watches.
    pub async fn commit(mut self) -> Result<()> {
        if self.records.is_empty() {
            return Err(Error::internal("a change without a record"));
        }
        audit::append(&mut self.tx, &self.actor, self.at, &self.records).await?;
        self.tx.commit().await?;
        for record in self.records {
            let noun = record.action.split('.').next().unwrap_or_default().to_owned();
            // Nobody watching is no error.
            let _ = self.changes.send(Changed { noun, unit: record.unit });
        }
        Ok(())
    }
}
