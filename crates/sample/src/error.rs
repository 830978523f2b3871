//! The one way in which making a sample can fail.

/// A file of the sample could not be written into memory. It would be a fault
/// of the writing library or of this crate, never of the seed.
#[derive(Debug, thiserror::Error)]
#[error("the sample file {file} could not be written: {cause}")]
pub struct Error {
    /// Name of the file.
    pub file: String,
    cause: String,
}

impl Error {
    pub(crate) fn new(file: &str, cause: impl std::fmt::Display) -> Self {
        Self { file: file.to_owned(), cause: cause.to_string() }
    }
}
