//! Identifiers: ULIDs as text, one Rust type a noun, so that a unit's id
//! cannot be handed to a function that wants a system's.
//!
//! A ULID carries the millisecond of its making, which is an argument here as
//! everywhere, and 80 random bits.

use jiff::Timestamp;
use ulid::Ulid;

/// A fresh ULID for the instant `at`, as its 26 characters.
pub fn ulid(at: Timestamp) -> String {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Ulid::from_parts(millis, rand::random::<u128>()).to_string()
}

/// Fresh ULIDs of one instant, each greater than the one before: many rows made
/// at once then go to the end of every index, not to a thousand places in it.
#[derive(Clone, Debug)]
pub struct Sequence {
    millis: u64,
    next: u128,
}

impl Sequence {
    /// Begins at a random place. 2⁷⁹ of them are free behind it at the least.
    pub fn new(at: Timestamp) -> Self {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Self { millis, next: rand::random::<u128>() >> 49 }
    }

    /// The next one, as its 26 characters.
    pub fn ulid(&mut self) -> String {
        self.next += 1;
        Ulid::from_parts(self.millis, self.next).to_string()
    }
}

/// Defines an identifier type. What a page or a client sends is only accepted
/// through [`std::str::FromStr`], which wants a well-formed ULID.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(try_from = "String")]
        #[sqlx(transparent)]
        pub struct $name(String);

        impl $name {
            /// A fresh identifier made at `at`.
            pub fn new(at: jiff::Timestamp) -> Self {
                Self($crate::ids::ulid(at))
            }

            /// The next identifier of a sequence.
            #[allow(dead_code, reason = "for identifiers of which many are made at once")]
            pub(crate) fn next_of(sequence: &mut $crate::ids::Sequence) -> Self {
                Self(sequence.ulid())
            }

            /// The 26 characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                ulid::Ulid::from_string(text).map(|id| Self(id.to_string())).map_err(|_| $crate::Error::NotFound)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Error;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
#[allow(unused_imports, reason = "rooms define their own identifiers with it")]
pub(crate) use id;

id! {
    /// An organisation.
    UnitId
}
id! {
    /// A person's account.
    AccountId
}
