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

/// What a field of a fact may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldShape {
    /// Words as written.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// Several words, as levels.
    List,
    /// A day, a month or a year.
    Day,
    /// One word of these.
    OneOf(&'static [&'static str]),
}

/// A field of a kind of fact: its name and what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldType {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub shape: FieldShape,
    /// Whether a fact may go without.
    pub optional: bool,
}

/// A type that a field of a fact may have.
pub trait IntoFieldValue {
    /// What it may hold.
    const SHAPE: FieldShape;
    /// Whether it may hold nothing.
    const OPTIONAL: bool = false;

    /// The value, or `None` where the record does not state it.
    fn field_value(&self) -> Option<FieldValue<'_>>;
}

impl IntoFieldValue for String {
    const SHAPE: FieldShape = FieldShape::Text;

    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Text(Cow::Borrowed(self)))
    }
}

impl IntoFieldValue for f64 {
    const SHAPE: FieldShape = FieldShape::Number;

    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Number(*self))
    }
}

impl IntoFieldValue for bool {
    const SHAPE: FieldShape = FieldShape::Flag;

    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Flag(*self))
    }
}

impl IntoFieldValue for Vec<String> {
    const SHAPE: FieldShape = FieldShape::List;
    const OPTIONAL: bool = true;

    fn field_value(&self) -> Option<FieldValue<'_>> {
        (!self.is_empty()).then_some(FieldValue::List(self))
    }
}

impl IntoFieldValue for crate::date::PartialDate {
    const SHAPE: FieldShape = FieldShape::Day;

    fn field_value(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Text(Cow::Owned(self.to_string())))
    }
}

impl<T: IntoFieldValue> IntoFieldValue for Option<T> {
    const SHAPE: FieldShape = T::SHAPE;
    const OPTIONAL: bool = true;

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

            /// The words of every value, in the order of the vocabulary.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word that lexicons, policies and reports use.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The value that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some($name::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                let none = || format!("`{word}` is none of {}", [$($word),+].join(", "));
                Self::from_word(word).ok_or_else(none)
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
            const SHAPE: $crate::fact::FieldShape = $crate::fact::FieldShape::OneOf($name::WORDS);

            fn field_value(&self) -> Option<$crate::fact::FieldValue<'_>> {
                Some($crate::fact::FieldValue::Text(self.as_str().into()))
            }
        }
    };
}
