//! How values that SQL does not know stand in columns.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{
    Decode, Encode, Type,
    any::{Any, AnyTypeInfo, AnyValueRef},
    encode::IsNull,
    error::BoxDynError,
};

/// An instant, as microseconds since 1970 in a `BIGINT`; in JSON as RFC 3339.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime)]
pub struct At(pub Timestamp);

/// A day, as `YYYY-MM-DD` in a `TEXT`: it sorts as it should on both engines.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = Date)]
pub struct Day(pub Date);

/// Yes or no, as 1 or 0 in a `BIGINT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = bool)]
pub struct Flag(pub bool);

/// A value as JSON in a `TEXT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

type Arguments = <Any as sqlx::Database>::ArgumentBuffer;

/// Declares that a type stands in a column as another one.
macro_rules! stored_as {
    ($column:ty: [$($generic:tt)*] $name:ty) => {
        impl<$($generic)*> Type<Any> for $name {
            fn type_info() -> AnyTypeInfo {
                <$column as Type<Any>>::type_info()
            }
            fn compatible(info: &AnyTypeInfo) -> bool {
                <$column as Type<Any>>::compatible(info)
            }
        }
    };
}

stored_as!(i64: [] At);
stored_as!(i64: [] Flag);
stored_as!(String: [] Day);
stored_as!(String: [T] Json<T>);

impl Encode<'_, Any> for At {
    fn encode_by_ref(&self, out: &mut Arguments) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<'_, Any>>::encode_by_ref(&self.0.as_microsecond(), out)
    }
}

impl Decode<'_, Any> for At {
    fn decode(value: AnyValueRef<'_>) -> Result<Self, BoxDynError> {
        let micros = <i64 as Decode<'_, Any>>::decode(value)?;
        Ok(Self(Timestamp::from_microsecond(micros)?))
    }
}

impl Encode<'_, Any> for Day {
    fn encode_by_ref(&self, out: &mut Arguments) -> Result<IsNull, BoxDynError> {
        <String as Encode<'_, Any>>::encode_by_ref(&self.0.to_string(), out)
    }
}

impl Decode<'_, Any> for Day {
    fn decode(value: AnyValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(<String as Decode<'_, Any>>::decode(value)?.parse()?))
    }
}

impl Encode<'_, Any> for Flag {
    fn encode_by_ref(&self, out: &mut Arguments) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<'_, Any>>::encode_by_ref(&i64::from(self.0), out)
    }
}

impl Decode<'_, Any> for Flag {
    fn decode(value: AnyValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(<i64 as Decode<'_, Any>>::decode(value)? != 0))
    }
}

impl<T: Serialize> Encode<'_, Any> for Json<T> {
    fn encode_by_ref(&self, out: &mut Arguments) -> Result<IsNull, BoxDynError> {
        let text = serde_json::to_string(&self.0)?;
        <String as Encode<'_, Any>>::encode_by_ref(&text, out)
    }
}

impl<T: DeserializeOwned> Decode<'_, Any> for Json<T> {
    fn decode(value: AnyValueRef<'_>) -> Result<Self, BoxDynError> {
        let text = <String as Decode<'_, Any>>::decode(value)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}

impl From<Timestamp> for At {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<At> for Timestamp {
    fn from(at: At) -> Self {
        at.0
    }
}

impl From<Date> for Day {
    fn from(day: Date) -> Self {
        Self(day)
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl std::fmt::Display for Day {
    /// As in its column.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
