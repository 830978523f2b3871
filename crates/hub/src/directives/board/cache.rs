//! A board once worked out is good until the chain grew or a minute passed.
//! Whoever asks while it is being worked out waits for the same answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{Board, compute};
use crate::{
    App, Result,
    directives::{Directive, DirectiveId},
    store::Db,
};

/// Boards of this many letters are kept.
const MOST: usize = 32;

/// The kept boards. One of these stands in the [`App`].
#[derive(Debug, Default)]
pub struct Boards(Mutex<HashMap<DirectiveId, Place>>);

type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

#[derive(Clone, Debug)]
struct Kept {
    seq: i64,
    minute: i64,
    board: Arc<Board>,
}

impl Boards {
    /// The whole province's board of a letter. Cut it to a scope with [`Board::within`].
    pub(super) async fn get(
        &self,
        app: &App,
        letter: &Directive,
        now: Timestamp,
    ) -> Result<Arc<Board>> {
        let (head,): (i64,) =
            sqlx::query_as("SELECT seq FROM audit_head").fetch_one(app.db.reader()).await?;
        let minute = now.as_second().div_euclid(60);
        let place = self.place(&letter.id);
        let mut kept = place.lock().await;
        if let Some(found) = kept.as_mut().filter(|found| found.minute == minute)
            && (found.seq >= head || !concerned(&app.db, found.seq, head).await?)
        {
            found.seq = found.seq.max(head);
            return Ok(Arc::clone(&found.board));
        }
        let board = Arc::new(compute(&app.db, letter, now).await?);
        *kept = Some(Kept { seq: head, minute, board: Arc::clone(&board) });
        Ok(board)
    }

    fn place(&self, id: &DirectiveId) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST && !places.contains_key(id) {
            places.clear();
        }
        Arc::clone(places.entry(id.clone()).or_default())
    }
}

/// Whether what was added to the chain can change a board: signing in cannot.
async fn concerned(db: &Db, after: i64, head: i64) -> Result<bool> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM audit
         WHERE seq > $1 AND seq <= $2 AND action NOT LIKE 'people.%'",
    )
    .bind(after)
    .bind(head)
    .fetch_one(db.reader())
    .await?;
    Ok(count > 0)
}
