//! The sample province: a pure function from a seed to files as a real
//! province would hand them in, and to what its people do with them.
//!
//! It stands on Đồng Tháp before mid-2025. Names of districts and communes are
//! facts; the list of departments and agencies is **from memory and
//! unverified**; everything else is invented, and plainly so: addresses come
//! from documentation and private ranges, mailboxes end in `.example`,
//! telephones begin with 0277 000, people are called *Mẫu* and *Ví Dụ*.
//!
//! The files go through the same import as anybody's: three encodings, three
//! delimiters, title lines above headers, typed and real dates, rows that
//! cannot be read. [`Province::timeline`] gives all that happens in order;
//! [`Province::stories`] says what a visitor should be shown.
//!
//! [`inventories`] gives what the units say of their machines' updates; the
//! builds and KB numbers in it come from the caller, as plain values.
//! [`logs`] gives what two of their machines wrote on a bad night.
//! [`warning`] is a letter that names weaknesses.
//! [`scale`] gives the same shapes at the size of a benchmark.
//!
//! *What this crate must not know:* any importer, rule or database of the
//! house. It writes what people write, and whoever reads it has no key to it.
//!
//! *To add a file to the province:* a variant of [`Step`] if no import takes
//! it yet, a module that makes its rows from a `Dice` stream of its own name
//! (so that every other file keeps its bytes), and a line in `province.rs`.
//! *To add a story:* a line in `stories.rs`.

mod acts;
mod calendar;
mod contacts;
mod dice;
mod encode;
mod error;
mod hosts;
mod infections;
mod inventories;
mod lists;
mod logs;
mod networks;
mod province;
mod scale;
mod sheet;
mod stories;
mod systems;
mod units;
mod warning;

pub use acts::{
    Act, Answer, Attachment, CannotComply, Extension, Located, Refusal, Reply, Report, Review, Word,
};
pub use error::Error;
pub use inventories::{Inventory, Said, Update, inventories};
pub use lists::Feed;
pub use logs::{Log, logs};
pub use province::{Happening, Letter, Province, SEED, SampleFile, Step, province};
pub use scale::{Scale, scale};
pub use stories::Story;
pub use warning::{Warning, warning};
