//! A fact in one line for people: "pregabalin 300 mg, 2 a day, current".

use crate::fact::{
    Diagnosis, DisabilityScore, Emg, ExamSign, Experiencer, Fact, FieldValue, Function, Imaging,
    Injection, IntoFieldValue, Kind, Medication, Origin, PainDuration, PainScore, Polarity,
    Procedure, Relief, RequestedProcedure, Sign, Therapy,
};

/// The line of one fact: what it is, then how it stands, then what qualifies it.
pub fn line(fact: &Fact) -> String {
    let mut parts = Parts::default();
    match &fact.kind {
        Kind::Medication(fields) => medication(fields, &mut parts),
        Kind::Injection(fields) => injection(fields, &mut parts),
        Kind::Emg(fields) => emg(fields, &mut parts),
        Kind::ExamSign(fields) => exam_sign(fields, &mut parts),
        Kind::Imaging(fields) => imaging(fields, &mut parts),
        Kind::Therapy(fields) => therapy(fields, &mut parts),
        Kind::PainScore(fields) => pain_score(fields, &mut parts),
        Kind::PainDuration(fields) => pain_duration(fields, &mut parts),
        Kind::DisabilityScore(fields) => disability_score(fields, &mut parts),
        Kind::Diagnosis(fields) => diagnosis(fields, &mut parts),
        Kind::Function(fields) => function(fields, &mut parts),
        Kind::RequestedProcedure(fields) => requested_procedure(fields, &mut parts),
        Kind::Nantes(fields) => {
            parts.add(words(fields.criterion.as_str()));
            parts.word(&fields.polarity);
        }
        Kind::Contraindication(fields) => {
            parts.add(format!("no {}", fields.treatment));
            parts.word(&fields.reason);
        }
        Kind::Statement(fields) => {
            parts.add(fields.topic.replace('-', " "));
            parts.word(&fields.value);
        }
    }
    assertion(fact, &mut parts);
    parts.0.join(", ")
}

/// The parts of a line; commas come between them.
#[derive(Default)]
struct Parts(Vec<String>);

impl Parts {
    /// Adds words as they stand.
    fn add(&mut self, words: impl Into<String>) {
        self.0.push(words.into());
    }

    /// Adds a field where the record states it.
    fn word(&mut self, field: &impl IntoFieldValue) {
        match field.field_value() {
            Some(FieldValue::Text(text)) => self.add(words(&text)),
            Some(FieldValue::Number(number)) => self.add(number.to_string()),
            Some(FieldValue::List(items)) => self.add(items.join(" ")),
            // Yes and no mean nothing without the question.
            Some(FieldValue::Flag(_)) | None => {}
        }
    }

    /// Adds one of two words for a flag.
    fn flag(&mut self, flag: Option<bool>, yes: &str, no: &str) {
        if let Some(flag) = flag {
            self.add(if flag { yes } else { no });
        }
    }
}

/// A word of a closed set as people write it.
pub(super) fn words(word: &str) -> String {
    word.replace('_', " ")
}

fn medication(fields: &Medication, parts: &mut Parts) {
    let dose = fields.dose.as_deref().map(|dose| format!(" {dose}")).unwrap_or_default();
    parts.add(format!("{}{dose}", fields.name));
    if let Some(frequency) = &fields.frequency {
        parts.add(frequency_words(frequency));
    }
    parts.word(&fields.route);
    parts.word(&fields.status);
    parts.word(&fields.outcome);
    parts.word(&fields.duration);
    if let Some(reason) = &fields.reason {
        parts.add(format!("because of {reason}"));
    }
}

/// "2" is 2 a day, "2 prn" 2 a day as needed, "per week 1" 1 a week.
pub(super) fn frequency_words(frequency: &str) -> String {
    if frequency == "prn" {
        return "as needed".to_owned();
    }
    let (rate, as_needed) = match frequency.strip_suffix(" prn") {
        Some(rate) => (rate, " as needed"),
        None => (frequency, ""),
    };
    match rate.strip_prefix("per ").and_then(|rate| rate.split_once(' ')) {
        Some((unit, count)) => format!("{count} a {unit}{as_needed}"),
        None if rate.parse::<f64>().is_ok() => format!("{rate} a day{as_needed}"),
        None => frequency.to_owned(),
    }
}

fn injection(fields: &Injection, parts: &mut Parts) {
    let name = match fields.procedure {
        Procedure::Other => "other procedure".to_owned(),
        procedure => words(procedure.as_str()),
    };
    parts.add(match &fields.target {
        Some(target) => format!("{name} ({target})"),
        None => name,
    });
    parts.word(&fields.levels);
    parts.word(&fields.side);
    parts.word(&fields.status);
    parts.word(&fields.intent);
    if let Some(count) = fields.count {
        parts.add(format!("{count} times"));
    }
    parts.word(&fields.agent);
    parts.flag(fields.steroid, "with steroid", "without steroid");
    if let Some(relief) = relief_words(fields) {
        parts.add(relief);
    }
    if let Some(duration) = &fields.relief_duration {
        parts.add(format!("for {duration}"));
    }
}

/// How much an injection helped, where the record states it.
pub(super) fn relief_words(fields: &Injection) -> Option<String> {
    match (fields.relief_percent, fields.relief) {
        (Some(percent), _) => Some(format!("{percent}% relief")),
        (None, Some(Relief::None)) => Some("no relief".to_owned()),
        (None, Some(relief)) => Some(format!("{relief} relief")),
        (None, None) => None,
    }
}

fn emg(fields: &Emg, parts: &mut Parts) {
    parts.add("EMG");
    parts.word(&Some(fields.status));
    parts.word(&fields.result);
    parts.word(&fields.condition);
    parts.word(&fields.levels);
    parts.word(&fields.side);
}

fn exam_sign(fields: &ExamSign, parts: &mut Parts) {
    parts.add(match (fields.sign, &fields.name) {
        (Sign::OtherProvocation, Some(name)) => name.clone(),
        (sign, _) => words(sign.as_str()),
    });
    parts.word(&fields.polarity);
    parts.word(&fields.side);
    parts.flag(fields.reproduces_pain, "reproduces the pain", "does not reproduce the pain");
}

fn imaging(fields: &Imaging, parts: &mut Parts) {
    let modality = match fields.modality.as_str() {
        "mri" => "MRI",
        "ct" => "CT",
        other => other,
    };
    let region = fields.region.map(|region| format!(" {region}")).unwrap_or_default();
    parts.add(format!("{}{region}", words(modality)));
    let severity = fields.severity.map(|severity| format!("{severity} ")).unwrap_or_default();
    match &fields.finding {
        Some(finding) => parts.add(format!("{severity}{finding}")),
        None => parts.word(&fields.severity),
    }
    parts.word(&fields.levels);
    parts.word(&fields.side);
    parts.word(&fields.polarity);
    parts.word(&fields.status);
}

fn therapy(fields: &Therapy, parts: &mut Parts) {
    parts.add(match fields.therapy.as_str() {
        "cbt" => "CBT".to_owned(),
        "tens" => "TENS".to_owned(),
        other => words(other),
    });
    parts.word(&fields.status);
    parts.flag(fields.supervised, "supervised", "not supervised");
    parts.word(&fields.duration);
    parts.word(&fields.frequency);
    if let Some(visits) = fields.visits {
        parts.add(format!("{visits} visits"));
    }
    parts.word(&fields.outcome);
}

fn pain_score(fields: &PainScore, parts: &mut Parts) {
    parts.add(match fields.low == fields.high {
        true => format!("{}/{}", fields.low, fields.scale),
        false => format!("{}-{}/{}", fields.low, fields.high, fields.scale),
    });
    parts.word(&fields.qualifier);
}

fn pain_duration(fields: &PainDuration, parts: &mut Parts) {
    parts.add("pain");
    if let Some(months) = fields.months {
        parts.add(format!("{months} months"));
    }
    if let Some(since) = &fields.since {
        parts.add(format!("since {since}"));
    }
}

fn disability_score(fields: &DisabilityScore, parts: &mut Parts) {
    let instrument = match fields.instrument.as_str() {
        "other" => "disability score".to_owned(),
        known => known.to_uppercase(),
    };
    let unit = match fields.unit.map(|unit| unit.as_str()) {
        Some("percent") => "%",
        Some(_) => " points",
        None => "",
    };
    parts.add(format!("{instrument} {}{unit}", fields.value));
    parts.word(&fields.label);
}

fn diagnosis(fields: &Diagnosis, parts: &mut Parts) {
    let codes: Vec<&str> =
        [&fields.icd10, &fields.icd9].into_iter().filter_map(|code| code.as_deref()).collect();
    parts.add(match codes.is_empty() {
        true => fields.name.clone(),
        false => format!("{} ({})", fields.name, codes.join(", ")),
    });
    parts.word(&fields.certainty);
    parts.word(&fields.side);
}

fn function(fields: &Function, parts: &mut Parts) {
    parts.add(words(fields.activity.as_str()));
    parts.word(&fields.limitation);
    parts.word(&fields.amount);
}

fn requested_procedure(fields: &RequestedProcedure, parts: &mut Parts) {
    parts.add(match (&fields.name, &fields.cpt) {
        (Some(name), Some(cpt)) => format!("{name} ({cpt})"),
        (Some(name), None) => name.clone(),
        (None, Some(cpt)) => cpt.clone(),
        (None, None) => "procedure".to_owned(),
    });
    parts.word(&fields.side);
    parts.word(&fields.intent);
}

/// What the assertion adds to the kind's own fields, where it is not the usual.
fn assertion(fact: &Fact, parts: &mut Parts) {
    let own = |name: &str| fact.kind.field(name).is_some();
    match fact.assertion.polarity {
        Polarity::Affirmed => {}
        Polarity::Negated if own("polarity") || own("status") => {}
        Polarity::Negated => parts.add("denied"),
        Polarity::Unknown => parts.add("left blank"),
    }
    if fact.assertion.certainty != Default::default() && !own("certainty") {
        parts.add(fact.assertion.certainty.as_str());
    }
    if fact.assertion.time != Default::default() && !own("status") {
        parts.add(fact.assertion.time.as_str());
    }
    match fact.assertion.experiencer {
        Experiencer::Patient => {}
        Experiencer::Family => parts.add("of the family"),
        Experiencer::Other => parts.add("of another person"),
    }
    if fact.assertion.origin == Origin::GoalOrEducation {
        parts.add("a goal or advice");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Assertion, Place, Section, Time};

    fn fact(kind: &str, assertion: Assertion) -> Fact {
        Fact {
            id: "0".repeat(16),
            kind: toml::from_str(kind).unwrap(),
            assertion,
            date: None,
            section: Section::Other,
            rule: "rule".to_owned(),
            confidence: 1.0,
            place: Place::default(),
        }
    }

    #[track_caller]
    fn check(kind: &str, expect: &str) {
        assert_eq!(line(&fact(kind, Assertion::default())), expect);
    }

    #[test]
    fn drugs() {
        let pregabalin = "kind = 'medication'\nname = 'pregabalin'\ndose = '300 mg'\n";
        check(
            &format!("{pregabalin}frequency = '2'\nstatus = 'current'"),
            "pregabalin 300 mg, 2 a day, current",
        );
        check(&format!("{pregabalin}frequency = 'prn'"), "pregabalin 300 mg, as needed");
        check(&format!("{pregabalin}frequency = '2 prn'"), "pregabalin 300 mg, 2 a day as needed");
        check(&format!("{pregabalin}frequency = 'per week 1'"), "pregabalin 300 mg, 1 a week");
        check(
            "kind = 'medication'\nname = 'ibuprofen'\nstatus = 'not_taken'",
            "ibuprofen, not taken",
        );
    }

    #[test]
    fn procedures_and_findings() {
        check(
            "kind = 'injection'\nprocedure = 'peripheral_nerve_block'\ntarget = 'superior cluneal nerve'\nside = 'left'\nsteroid = false\nrelief_percent = 90\nrelief_duration = '6 hours'",
            "peripheral nerve block (superior cluneal nerve), left, without steroid, 90% relief, for 6 hours",
        );
        check("kind = 'injection'\nprocedure = 'si_joint'\nrelief = 'none'", "si joint, no relief");
        check(
            "kind = 'imaging'\nmodality = 'mri'\nregion = 'lumbar'\nfinding = 'stenosis'\nseverity = 'mild'\nlevels = ['L3-4', 'L4-5']",
            "MRI lumbar, mild stenosis, L3-4 L4-5",
        );
        check(
            "kind = 'exam_sign'\nsign = 'other_provocation'\nname = 'thigh thrust'\npolarity = 'negative'",
            "thigh thrust, negative",
        );
        check("kind = 'emg'\nstatus = 'not_done'", "EMG, not done");
    }

    #[test]
    fn scores() {
        check("kind = 'pain_score'\nlow = 2.0\nhigh = 10.0\nscale = 10.0", "2-10/10");
        check("kind = 'pain_score'\nlow = 6.5\nhigh = 6.5\nscale = 10.0", "6.5/10");
        check(
            "kind = 'disability_score'\ninstrument = 'odi'\nvalue = 22.0\nunit = 'percent'\nlabel = 'minimal'",
            "ODI 22%, minimal",
        );
    }

    #[test]
    fn the_assertion_shows_where_it_is_not_the_usual() {
        let negated = Assertion { polarity: Polarity::Negated, ..Assertion::default() };
        let diabetes = "kind = 'diagnosis'\nname = 'diabetes'";
        assert_eq!(line(&fact(diabetes, negated)), "diabetes, denied");
        let family = Assertion { experiencer: Experiencer::Family, ..Assertion::default() };
        assert_eq!(line(&fact(diabetes, family)), "diabetes, of the family");
        let past = Assertion { time: Time::Past, ..Assertion::default() };
        assert_eq!(line(&fact("kind = 'emg'\nstatus = 'performed'", past)), "EMG, performed");
    }
}
