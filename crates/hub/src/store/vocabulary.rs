//! Closed sets of words that stand in columns, in the API and in the locales
//! under one and the same name.

/// Defines an enum whose values have names: the name is what the column holds,
/// what JSON says, and what comes after the prefix in the locale.
macro_rules! vocabulary {
    (
        $(#[$doc:meta])* $type:ident in $prefix:literal {
            $($(#[$value_doc:meta])* $value:ident = $name:literal),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $($(#[$value_doc])* #[serde(rename = $name)] $value,)+
        }

        impl $type {
            /// Every value, in the order of menus.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// Every value's name with its locale key.
            pub const WORDS: &'static [(&'static str, &'static str)] =
                &[$(($name, concat!($prefix, ".", $name))),+];

            /// The name in columns and in the API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)+ }
            }

            /// Locale key of the word that people read.
            pub fn text(self) -> &'static str {
                match self { $(Self::$value => concat!($prefix, ".", $name),)+ }
            }

            /// The value of a name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$value),)+ _ => None }
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($name),+]))
                    .into()
            }
        }

        // Two rooms may have a `Kind`: in the document it goes by its full name.
        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($prefix)
            }
        }

        impl sqlx::Type<sqlx::Any> for $type {
            fn type_info() -> sqlx::any::AnyTypeInfo {
                <String as sqlx::Type<sqlx::Any>>::type_info()
            }
            fn compatible(info: &sqlx::any::AnyTypeInfo) -> bool {
                <String as sqlx::Type<sqlx::Any>>::compatible(info)
            }
        }

        impl sqlx::Decode<'_, sqlx::Any> for $type {
            fn decode(value: sqlx::any::AnyValueRef<'_>) -> Result<Self, sqlx::error::BoxDynError> {
                let name = <String as sqlx::Decode<'_, sqlx::Any>>::decode(value)?;
                Self::named(&name).ok_or_else(|| format!("{name}: not in the vocabulary").into())
            }
        }
    };
}
pub(crate) use vocabulary;
