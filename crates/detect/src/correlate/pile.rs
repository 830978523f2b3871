//! Contributions of a whole hunt, put into the order of time in bounded memory.

use std::{io, path::Path, sync::Arc};

use events::{RecordRef, Sorter};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::Contribution;

/// Bytes kept in memory; the rest waits in temporary files.
const MEMORY: usize = 64 << 20;

/// Takes contributions as they come and gives them back in order. Within one
/// instant, the order in which they came stands.
#[derive(Debug)]
pub struct Pile(Sorter);

/// A contribution but for its time.
#[derive(Serialize, Deserialize)]
struct Kept<'k> {
    correlation: u32,
    place: u32,
    group: Vec<String>,
    counted: Option<Vec<String>>,
    file: &'k str,
    offset: u64,
    id: u64,
}

impl Pile {
    /// Nothing yet; temporary files go to `folder`.
    pub fn new(folder: &Path) -> Self {
        Self(Sorter::new(folder, MEMORY))
    }

    /// Adds one.
    ///
    /// # Errors
    /// What the disk says.
    pub fn push(&mut self, one: Contribution) -> io::Result<()> {
        let Contribution { correlation, place, time, group, counted, record } = one;
        let RecordRef { file, offset, id } = &record;
        let kept = Kept { correlation, place, group, counted, file, offset: *offset, id: *id };
        let bytes = postcard::to_stdvec(&kept).map_err(io::Error::other)?;
        let time = i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX);
        self.0.push(time, &bytes)
    }

    /// Gives all of them, the earliest first.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(self, give: &mut dyn FnMut(&Contribution)) -> io::Result<()> {
        let mut files: FxHashMap<String, Arc<str>> = FxHashMap::default();
        self.0.finish(&mut |time, bytes| {
            let kept: Kept<'_> = postcard::from_bytes(bytes).map_err(io::Error::other)?;
            let time = Timestamp::from_nanosecond(time.into()).map_err(io::Error::other)?;
            if !files.contains_key(kept.file) {
                files.insert(kept.file.to_owned(), kept.file.into());
            }
            let file = files.get(kept.file).cloned().unwrap_or_default();
            give(&Contribution {
                correlation: kept.correlation,
                place: kept.place,
                time,
                group: kept.group,
                counted: kept.counted,
                record: RecordRef { file, offset: kept.offset, id: kept.id },
            });
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_piled_comes_back_in_order() {
        let folder = std::env::temp_dir();
        let one = |second: i64| Contribution {
            correlation: 1,
            place: 2,
            time: Timestamp::from_second(second).unwrap(),
            group: vec!["máy".to_owned()],
            counted: Some(vec![second.to_string()]),
            record: RecordRef { file: "a.log".into(), offset: 3, id: 4 },
        };
        let mut pile = Pile::new(&folder);
        for second in [5, -7, 2] {
            pile.push(one(second)).unwrap();
        }
        let mut back = Vec::new();
        pile.finish(&mut |contribution| back.push(contribution.clone())).unwrap();
        assert_eq!(back, [-7, 2, 5].map(one));
    }
}
