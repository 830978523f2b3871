//! Vietnamese and English: every sentence a person reads, dates and numbers as
//! each language writes them, and search and order that know Vietnamese.
//!
//! Texts lie in `packs/locales/<lang>/<file>.toml` and are named
//! `<file>.<table>.<name>`. A name written in `{braces}` is a placeholder. A
//! text that depends on a number is a table with `one` and `other`; Vietnamese
//! needs only `other`:
//!
//! ```toml
//! [list]
//! title = "Sightings"                                        # lang.t("sightings.list.title")
//! of = "{shown} of {total}"                                  # lang.fill("sightings.list.of", …)
//! rows = { one = "{n} row", other = "{n} rows" }             # lang.count("sightings.list.rows", n)
//! ```
//!
//! *What this crate must not know:* the server, its pages, or who is reading.
//!
//! *To add the next text:* write it in **both** languages; tests here compare
//! their names and placeholders. *To add a diagnostic's text:* `[diag.<name>]`
//! with `text` and `hint` in the file named like the crate, and call
//! [`check_codes`] from a test of that crate. *To add a language:* a variant of
//! [`Lang`], its folder, and its arms in `format.rs`.

mod format;
mod locale;
mod search;
mod texts;

pub use locale::Lang;
pub use search::{SortKey, fold, matches, sort_key};
pub use texts::{check_codes, keys};
