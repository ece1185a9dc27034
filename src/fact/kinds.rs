//! The kinds of fact and their own fields.
//!
//! One `kind!` block each: the struct, its field names and its values by name.
//! A field that the record does not state is absent, never guessed.

use super::words::*;
use super::{Experiencer, FieldType, FieldValue, IntoFieldValue};
use crate::date::PartialDate;

/// Fields of a kind by name, in the order of the vocabulary.
pub trait Fields {
    /// Their names.
    const NAMES: &'static [&'static str];

    /// What each may hold, in the same order.
    const TYPES: &'static [FieldType];

    /// The value of one; `None` where the record does not state it.
    ///
    /// # Panics
    /// If there is no such field; names are checked where policies and reports are loaded.
    fn field(&self, name: &str) -> Option<FieldValue<'_>>;

    /// The value of the field at a place of [`NAMES`](Self::NAMES); `None` also past their end.
    fn field_at(&self, at: usize) -> Option<FieldValue<'_>>;
}

macro_rules! kind {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, serde::Deserialize)]
        #[cfg_attr(test, derive(Debug))]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)+ }

        $crate::withhold_debug!($name);

        impl Fields for $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),+];
            const TYPES: &'static [FieldType] = &[$(FieldType {
                name: stringify!($field),
                shape: <$type as IntoFieldValue>::SHAPE,
                optional: <$type as IntoFieldValue>::OPTIONAL,
            }),+];

            fn field(&self, name: &str) -> Option<FieldValue<'_>> {
                match name {
                    $(stringify!($field) => self.$field.field_value(),)+
                    _ => unreachable!("no field of that name"),
                }
            }

            fn field_at(&self, at: usize) -> Option<FieldValue<'_>> {
                let mut own = 0;
                $(if at == own { return self.$field.field_value(); } own += 1;)+
                None
            }
        }
    };
}

macro_rules! kinds {
    ($($variant:ident = $word:literal,)+) => {
        /// What a fact is about.
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[serde(tag = "kind")]
        pub enum Kind {
            $(#[doc = concat!("`", $word, "`.")] #[serde(rename = $word)] $variant($variant),)+
        }

        impl Kind {
            /// The words for the kinds and the names of their fields, in the order of the vocabulary.
            pub const SCHEMA: &'static [(&'static str, &'static [&'static str])] =
                &[$(($word, <$variant as Fields>::NAMES),)+];

            /// The words for the kinds and what their fields may hold, in the same order.
            pub const TYPES: &'static [(&'static str, &'static [FieldType])] =
                &[$(($word, <$variant as Fields>::TYPES),)+];

            /// The word for the kind.
            pub fn name(&self) -> &'static str {
                match self { $(Kind::$variant(_) => $word,)+ }
            }

            /// The names of the kind's own fields.
            pub fn fields(&self) -> &'static [&'static str] {
                match self { $(Kind::$variant(_) => <$variant as Fields>::NAMES,)+ }
            }

            /// The value of one of the kind's own fields; `None` also where the kind has no such field.
            pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
                self.fields().contains(&name).then_some(())?;
                match self { $(Kind::$variant(fields) => fields.field(name),)+ }
            }

            /// The value of the kind's own field at a place of its names; `None` also past their end.
            pub fn field_at(&self, at: usize) -> Option<FieldValue<'_>> {
                match self { $(Kind::$variant(fields) => fields.field_at(at),)+ }
            }
        }

        $(impl From<$variant> for Kind {
            fn from(fields: $variant) -> Self { Kind::$variant(fields) }
        })+
    };
}

kinds! {
    Medication = "medication",
    Injection = "injection",
    Emg = "emg",
    ExamSign = "exam_sign",
    Imaging = "imaging",
    Therapy = "therapy",
    PainScore = "pain_score",
    PainDuration = "pain_duration",
    DisabilityScore = "disability_score",
    Diagnosis = "diagnosis",
    Function = "function",
    RequestedProcedure = "requested_procedure",
    Nantes = "nantes",
    Contraindication = "contraindication",
    Statement = "statement",
}

kind! {
    /// A drug the patient takes, took, may take or must not take.
    pub struct Medication {
        /// Generic ingredient in lower case; combinations joined by `/`.
        name: String,
        /// Brand name as written.
        brand: Option<String>,
        /// As "300 mg", "7.5/325 mg".
        dose: Option<String>,
        /// Times a day as "2", "prn", "2 prn", "per week 1".
        frequency: Option<String>,
        /// How it is given.
        route: Option<Route>,
        /// Where it stands in the treatment.
        status: Option<MedicationStatus>,
        /// How it worked.
        outcome: Option<Outcome>,
        /// Why it was stopped or not given, as written.
        reason: Option<String>,
        /// How long it was taken, as written.
        duration: Option<String>,
        /// Drug class id of the lexicon, as `gabapentinoid`.
        class: Option<String>,
        /// First day.
        start: Option<PartialDate>,
        /// Last day.
        stop: Option<PartialDate>,
    }
}

kind! {
    /// An interventional pain procedure.
    pub struct Injection {
        /// Which one.
        procedure: Procedure,
        /// What was aimed at, as "superior cluneal nerve".
        target: Option<String>,
        /// Spinal levels, as "L4-5", "S1".
        levels: Vec<String>,
        /// Which side.
        side: Option<Side>,
        /// Whether it took place.
        status: Option<EventStatus>,
        /// What it was for.
        intent: Option<Intent>,
        /// What was injected, as written.
        agent: Option<String>,
        /// Whether a steroid was in it.
        steroid: Option<bool>,
        /// How many.
        count: Option<f64>,
        /// Relief in words.
        relief: Option<Relief>,
        /// Relief in percent, 0-100.
        relief_percent: Option<f64>,
        /// How long relief lasted, as written.
        relief_duration: Option<String>,
    }
}

kind! {
    /// Electromyography or nerve conduction studies.
    pub struct Emg {
        /// What it showed.
        result: Option<EmgResult>,
        /// As "radiculopathy".
        condition: Option<String>,
        /// Nerve roots.
        levels: Vec<String>,
        /// Which side.
        side: Option<Side>,
        /// Whether it was done.
        status: EventStatus,
    }
}

kind! {
    /// A sign on examination.
    pub struct ExamSign {
        /// Which one.
        sign: Sign,
        /// Whether it is there; absent for a blank template.
        polarity: Option<SignPolarity>,
        /// Which side.
        side: Option<Side>,
        /// Whether it brings on the usual pain.
        reproduces_pain: Option<bool>,
        /// The sign by name where `sign` is `other_provocation`, as "thigh thrust".
        name: Option<String>,
    }
}

kind! {
    /// A finding on imaging.
    pub struct Imaging {
        /// How the picture was made.
        modality: Modality,
        /// What it shows.
        region: Option<Region>,
        /// Head of the finding in lower case; absent for a study of which only its being done, planned or not done is said.
        finding: Option<String>,
        /// Spinal levels.
        levels: Vec<String>,
        /// Which side.
        side: Option<Side>,
        /// How severe.
        severity: Option<Severity>,
        /// Whether the finding is there.
        polarity: Option<FindingPolarity>,
        /// Whether the study took place.
        status: Option<EventStatus>,
    }
}

kind! {
    /// A treatment without drugs or needles.
    pub struct Therapy {
        /// Which one.
        therapy: TherapyKind,
        /// Where it stands.
        status: Option<TherapyStatus>,
        /// Whether a therapist was there.
        supervised: Option<bool>,
        /// How it worked.
        outcome: Option<Outcome>,
        /// As written.
        duration: Option<String>,
        /// As written.
        frequency: Option<String>,
        /// How many visits.
        visits: Option<f64>,
        /// First day.
        start: Option<PartialDate>,
        /// Last day.
        stop: Option<PartialDate>,
    }
}

kind! {
    /// A numeric pain score.
    pub struct PainScore {
        /// Lower end; equal to `high` if single.
        low: f64,
        /// Upper end.
        high: f64,
        /// Top of the scale; 10 unless written.
        scale: f64,
        /// Which pain.
        qualifier: Option<PainQualifier>,
    }
}

kind! {
    /// How long the pain has been there.
    pub struct PainDuration {
        /// Months as of the note.
        months: Option<f64>,
        /// Start as written.
        since: Option<String>,
    }
}

kind! {
    /// A disability questionnaire with its score.
    pub struct DisabilityScore {
        /// Which one.
        instrument: Instrument,
        /// The score in `unit`.
        value: f64,
        /// What the value counts.
        unit: Option<ScoreUnit>,
        /// The record's own word, as "minimal".
        label: Option<String>,
    }
}

kind! {
    /// A diagnosis, symptom or problem.
    pub struct Diagnosis {
        /// In lower case, as a coder would index it.
        name: String,
        /// ICD-10-CM code as written.
        icd10: Option<String>,
        /// ICD-9-CM code as written.
        icd9: Option<String>,
        /// How sure.
        certainty: Option<DiagnosisCertainty>,
        /// Which side.
        side: Option<Side>,
        /// Whose, where not the patient's.
        experiencer: Option<Experiencer>,
    }
}

kind! {
    /// What the patient can and cannot do.
    pub struct Function {
        /// Which activity.
        activity: Activity,
        /// How far it is limited.
        limitation: Option<Limitation>,
        /// As "15 minutes".
        amount: Option<String>,
    }
}

kind! {
    /// What is asked for.
    pub struct RequestedProcedure {
        /// Procedure by name in lower case; absent where only a code is given.
        name: Option<String>,
        /// Procedure code.
        cpt: Option<String>,
        /// Which side.
        side: Option<Side>,
        /// What it is for.
        intent: Option<Intent>,
    }
}

kind! {
    /// A Nantes criterion, where the note applies them by name.
    pub struct Nantes {
        /// Which one.
        criterion: NantesCriterion,
        /// Whether it is fulfilled.
        polarity: Option<SignPolarity>,
    }
}

kind! {
    /// A treatment that the record says the patient must not have.
    pub struct Contraindication {
        /// Drug, drug class id or therapy.
        treatment: String,
        /// Why, as written.
        reason: Option<String>,
    }
}

kind! {
    /// A sentence that a policy asks about and that fits no other kind.
    pub struct Statement {
        /// Id of the lexicon entry, as `adjunct-to-program`.
        topic: String,
        /// What it says, where the topic has a value.
        value: Option<String>,
    }
}
