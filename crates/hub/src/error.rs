//! What can go wrong in a verb, as its caller decides about it.
//!
//! An error has an outside (a code that the locale turns into a sentence and a
//! hint) and, where something broke, an inside cause that only the log sees.

use diag::{Diagnostic, Place};

/// Why a verb did not do what was asked. No driver type is in here.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or not for this viewer: the two look alike on purpose.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("not signed in")]
    SignIn,
    /// A new password is owed before anything else.
    #[error("a new password is owed")]
    ChangePassword,
    /// The viewer's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// What was sent cannot be used; each finding names its field or line.
    #[error("invalid: {}", summary(.0))]
    Invalid(Vec<Diagnostic>),
    /// It cannot be done in the present state.
    #[error("conflict: {0}")]
    Conflict(Box<Diagnostic>),
    /// Too often from this place.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The body is over the limit of its kind.
    #[error("too large")]
    TooLarge,
    /// The installation lacks something that only its operator can give.
    #[error("set-up: {0}")]
    Setup(Box<Diagnostic>),
    /// Something broke. The cause is for the log.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// One thing wrong with one field of a form or a body.
    pub fn field(code: &'static str, field: &'static str) -> Self {
        Self::Invalid(vec![Diagnostic::error(code, Place::default().in_column(field))])
    }

    /// Everything that is wrong with a form at once, so that nobody mends it
    /// fault by fault: what would be wrong, whether it is, and where.
    pub fn any(faults: &[(bool, &'static str, &'static str)]) -> Result<()> {
        let place = |field: &str| Place::default().in_column(field);
        let wrong = faults.iter().filter(|(is_wrong, ..)| *is_wrong);
        let found: Vec<_> =
            wrong.map(|(_, code, field)| Diagnostic::error(code, place(field))).collect();
        if found.is_empty() { Ok(()) } else { Err(Self::Invalid(found)) }
    }

    /// The present state forbids it.
    pub fn conflict(code: &'static str) -> Self {
        Self::Conflict(Box::new(Diagnostic::error(code, Place::default())))
    }

    /// Wraps the cause of a breakage.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

fn summary(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        match cause {
            sqlx::Error::RowNotFound => Self::NotFound,
            other => Self::internal(format!("store: {other}")),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(format!("json: {cause}"))
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Self::internal(format!("io: {cause}"))
    }
}

/// The result of a verb.
pub type Result<T, E = Error> = std::result::Result<T, E>;
