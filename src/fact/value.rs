//! Closed sets of words, and field values by name.

use std::borrow::Cow;

/// The value of one field of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// A word, a name, or text as written.
    Text(Cow<'a, str>),
    /// A number in the field's own unit.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Several words, as levels.
    List(&'a [String]),
}

/// A type that a field of a fact may have.
pub trait IntoFieldValue {
    /// The value, or `None` where the record does not state it.
    fn field_value(&self) -> Option<FieldValue<'_>>;
}

impl IntoFieldValue for String {
    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Text(Cow::Borrowed(self)))
    }
}

impl IntoFieldValue for f64 {
    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Number(*self))
    }
}

impl IntoFieldValue for bool {
    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Flag(*self))
    }
}

impl IntoFieldValue for Vec<String> {
    fn field_value(&self) -> Option<FieldValue<'_>> {
        (!self.is_empty()).then_some(FieldValue::List(self))
    }
}

impl IntoFieldValue for crate::date::PartialDate {
    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Text(Cow::Owned(self.to_string())))
    }
}

impl<T: IntoFieldValue> IntoFieldValue for Option<T> {
    fn field_value(&self) -> Option<FieldValue<'_>> {
        self.as_ref().and_then(T::field_value)
    }
}

/// An enum whose variants each stand for one fixed word.
///
/// Gives `ALL`, `as_str`, `FromStr` (the error names the words there are), serde's
/// `Deserialize`, and a field value.
#[macro_export]
macro_rules! closed_set {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`.")] $(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value, in the order of the vocabulary.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word that lexicons, policies and reports use.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok($name::$variant),)+
                    _ => Err(format!("`{word}` is none of {}", [$($word),+].join(", "))),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(word: String) -> Result<Self, String> {
                word.parse()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::fact::IntoFieldValue for $name {
            fn field_value(&self) -> Option<$crate::fact::FieldValue<'_>> {
                Some($crate::fact::FieldValue::Text(self.as_str().into()))
            }
        }
    };
}
