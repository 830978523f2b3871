//! Rules as their authors need them: tested in Markdown.

mod markdown;

pub use markdown::{Case, Report, test_markdown};
