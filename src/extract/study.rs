//! What is said of any study, of nerves or in pictures.

use crate::lexicon::WordPattern;

/// That nobody has the report at hand, behind a study's name.
pub(super) static UNSEEN: WordPattern = WordPattern::new(r"^[^.;,]{0,40}\b{study-word/unseen}\b");

/// That a study is not called for, behind its name.
pub(super) static NEEDLESS_BEHIND: WordPattern = WordPattern::new(r"{study-word/needless-behind}");
