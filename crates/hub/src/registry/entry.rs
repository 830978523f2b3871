//! What can be entered, whether by a form, through the API, or as a row of a file.

use std::hash::Hash;

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::AnyConnection;

use super::{Cells, Kind, Known, Writer};
use crate::{Result, access::Scope, ids::UnitId, web::CellText};

/// The circumstances of a change.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// When.
    pub at: Timestamp,
    /// Name of whoever makes it.
    pub by: String,
    /// Whether the province makes it: what it enters needs no approval.
    pub province: bool,
    /// A file's name, or `form`.
    pub source: String,
}

/// Which rows to load.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All that an import may meet.
    All(&'a Scope),
    /// One, by identifier.
    One(&'a str),
}

/// A thing of the register as it is entered. Its identity is its [`Entry::key`].
pub trait Entry: Clone + PartialEq + Serialize + Send + Sync + 'static {
    /// What makes it the same thing as one already there.
    type Key: Eq + Hash + Clone + Send + Sync;
    /// Its kind.
    const KIND: Kind;
    /// What the chain calls its making and its change.
    const ACTIONS: (&'static str, &'static str);

    /// Reads the fields of the identity; without them nothing can be entered.
    fn begin(cells: &mut Cells, known: &Known) -> Option<Self>;
    /// Reads everything else over what is known already.
    fn fill(&mut self, cells: &mut Cells, known: &Known);
    /// Writes every field, in the order of [`Kind::fields`].
    fn write(&self, writer: &Writer) -> Vec<CellText>;

    /// Its identity.
    fn key(&self) -> Self::Key;
    /// What it is called in a list of results.
    fn title(&self) -> String;
    /// Units of which one must be the keeper's.
    fn keepers(&self) -> Vec<&UnitId>;
    /// What is wrong with it as a whole: code and field.
    fn faults(&self) -> Vec<(&'static str, &'static str)>;
    /// The code of the reason why this keeper may not change what is there.
    fn locked(&self, _province: bool) -> Option<&'static str> {
        None
    }

    /// Takes over from what is there whatever is not for a person to enter.
    fn carry(&mut self, _there: &Self) {}

    /// Whether it says how things were before what is there was found: it is
    /// then kept as history and changes nothing else.
    fn is_older_than(&self, _there: &Self) -> bool {
        false
    }

    /// Loads what is there: identifier and entry.
    fn load(
        conn: &mut AnyConnection,
        which: Which<'_>,
    ) -> impl Future<Output = Result<Vec<(String, Self)>>> + Send;
    /// Inserts new ones.
    fn insert(
        conn: &mut AnyConnection,
        rows: &[(String, &Self)],
        stamp: &Stamp,
    ) -> impl Future<Output = Result<()>> + Send;
    /// Changes one.
    fn update(
        &self,
        conn: &mut AnyConnection,
        id: &str,
        before: &Self,
        stamp: &Stamp,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// The faults of an entry as findings about a form.
pub(super) fn findings<E: Entry>(entry: &E) -> Vec<Diagnostic> {
    let place = |field: &str| Place::default().in_column(field);
    entry.faults().into_iter().map(|(code, field)| Diagnostic::error(code, place(field))).collect()
}
