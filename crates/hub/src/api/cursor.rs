//! Lists in slices: "the next 100 after this identifier". Identifiers sort by
//! the time of their making, so nothing is lost or seen twice while rows come in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    store::{Direction, Page, Select},
};

/// Most rows in a slice.
const MOST: u32 = 500;

/// The query parameters of every list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SliceQuery {
    /// Where the slice begins: the `next` of the slice before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 500; 100 when not given.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
}

/// A slice of a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Slice<T> {
    /// Rows.
    pub items: Vec<T>,
    /// The cursor of the next slice; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A checked [`SliceQuery`].
#[derive(Clone, Debug)]
pub struct Cursor {
    after: Option<String>,
    limit: u32,
}

impl Cursor {
    /// Checks the query. Errors: a cursor that is not ours, a limit out of range.
    pub fn new(query: &SliceQuery) -> Result<Self> {
        let limit = query.limit.unwrap_or(100);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::field("api.limit-out-of-range", "limit"));
        }
        let after = query.cursor.as_deref().map(decode).transpose()?;
        Ok(Self { after, limit })
    }

    /// Restricts and sorts a select by its identifier column. `after` is the
    /// same column's condition: `("s.id", "s.id > {}")`.
    pub fn apply(&self, select: Select, column: &'static str, after: &'static str) -> Select {
        select
            .and_if(after, self.after.clone())
            .order(column, Direction::Up)
            .page(Page { number: 0, size: self.limit + 1 })
    }

    /// Cuts the rows to the slice and works out where the next begins.
    pub fn slice<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> String) -> Slice<T> {
        let more = items.len() > self.limit as usize;
        items.truncate(self.limit as usize);
        let next = items.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(id(last)));
        Slice { items, next }
    }
}

fn decode(cursor: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    bytes
        .filter(|text| text.len() <= 64)
        .ok_or_else(|| Error::field("api.cursor-unknown", "cursor"))
}
