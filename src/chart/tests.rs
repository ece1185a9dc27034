use super::*;
use crate::fact::{
    Activity, Assertion, Diagnosis, ExamSign, Function, Imaging, Injection, PainScore, Place,
    Procedure, RequestedProcedure, Section, Statement, Time,
};

fn fact(at: usize, kind: impl Into<Kind>) -> Fact {
    Fact {
        id: format!("{at:016x}"),
        kind: kind.into(),
        assertion: Assertion::default(),
        date: None,
        section: Section::Other,
        rule: "test".into(),
        confidence: 1.0,
        place: Place { start: at, end: at + 1, ..Place::default() },
    }
}

fn statement(at: usize, topic: &str, date: &str) -> Fact {
    let date = date.parse().ok();
    let kind = Statement { topic: topic.into(), value: None };
    Fact { date, ..fact(at, kind) }
}

fn request(at: usize, name: &str, side: Option<Side>) -> Fact {
    fact(at, RequestedProcedure { name: Some(name.into()), side, ..Default::default() })
}

fn block(at: usize, percent: Option<f64>, date: Option<&str>) -> Fact {
    let kind = Injection {
        procedure: Procedure::PeripheralNerveBlock,
        target: Some("superior cluneal nerve".into()),
        relief_percent: percent,
        ..Default::default()
    };
    Fact { date: date.and_then(|d| d.parse().ok()), ..fact(at, kind) }
}

fn gather(documents: Vec<Vec<Fact>>) -> Chart {
    let documents = documents.into_iter().map(|facts| (ChartDocument::default(), facts)).collect();
    Chart::gather(documents, Given::default())
}

#[test]
fn the_request_date_is_the_day_to_judge_as_of() {
    let chart = gather(vec![
        vec![statement(0, "date-of-service", "2025-03-11"), statement(5, "signed", "2025-03-12")],
        vec![statement(0, "date-of-request", "2025-03-18")],
    ]);
    assert_eq!(chart.as_of, "2025-03-18".parse().ok());
    assert_eq!(chart.documents[0].date, "2025-03-11".parse().ok());
    assert_eq!(chart.documents[0].signed, Some(true));
    assert_eq!(chart.documents[1].signed, None);
}

#[test]
fn without_a_request_the_newest_document_tells_the_day() {
    let chart = gather(vec![vec![statement(0, "date-of-service", "2025-03-11")], vec![]]);
    assert_eq!(chart.as_of, "2025-03-11".parse().ok());
}

#[test]
fn two_sides_of_one_procedure_are_a_conflict_and_another_procedure_is_none() {
    let name = "superior cluneal nerve block";
    let chart = gather(vec![
        vec![request(0, name, Some(Side::Right))],
        vec![request(0, name, Some(Side::Left))],
    ]);
    assert_eq!((chart.request.side, chart.request.conflicts.as_slice()), (None, &["side"][..]));
    let other = request(9, "sacroiliac joint injection", Some(Side::Left));
    let chart = gather(vec![vec![request(0, name, Some(Side::Right)), other]]);
    assert_eq!(chart.request.side, Some(Side::Right));
}

#[test]
fn what_is_only_considered_gives_way() {
    let mut considered = request(0, "inferior cluneal nerve block", Some(Side::Left));
    considered.assertion.time = Time::Hypothetical;
    let chart = gather(vec![vec![
        considered,
        request(9, "superior cluneal nerve block", Some(Side::Right)),
    ]]);
    assert_eq!(chart.request.side, Some(Side::Right));
    assert_eq!(chart.request.procedure.as_deref(), Some("superior cluneal nerve block"));
    assert!(chart.request.conflicts.is_empty());
}

#[test]
fn one_block_told_of_three_times_is_one_event() {
    let chart = gather(vec![
        vec![block(0, Some(40.0), Some("2025-06-24"))],
        vec![
            statement(0, "date-of-service", "2025-06-24"),
            block(5, None, None),
            block(9, Some(85.0), None),
        ],
    ]);
    let [event] = chart.history.injections.as_slice() else {
        panic!("{} events", chart.history.injections.len())
    };
    let percents: Vec<f64> = event.percents.iter().map(|p| p.value).collect();
    assert_eq!(percents, [40.0, 85.0]);
    assert_eq!(event.date, "2025-06-24".parse().ok());
}

#[test]
fn two_days_are_two_events() {
    let chart = gather(vec![vec![
        block(0, Some(60.0), Some("2025-01-15")),
        block(9, Some(50.0), Some("2025-05-20")),
    ]]);
    assert_eq!(chart.history.injections.len(), 2);
}

#[test]
fn a_copied_fact_stands_only_alone() {
    let sign = || ExamSign::default();
    let copied = |at| {
        let mut copied = fact(at, sign());
        copied.assertion.origin = Origin::CopiedForward;
        copied
    };
    let kind = kind_index("exam_sign");
    assert_eq!(gather(vec![vec![copied(0)]]).standing(kind), [0]);
    assert_eq!(gather(vec![vec![copied(0), fact(9, sign())]]).standing(kind), [1]);
}

#[test]
fn what_is_told_of_a_neck_stands_for_no_pain_at_the_pelvis() {
    let neck = || {
        vec![
            fact(3, PainScore { low: 4.0, high: 4.0, scale: 10.0, qualifier: None }),
            fact(
                3,
                Statement { topic: "score-of-other-region".into(), value: Some("neck".into()) },
            ),
            fact(20, Imaging { region: Some(crate::fact::Region::Cervical), ..Default::default() }),
            fact(40, Statement { topic: "imaging-not-explanatory".into(), value: None }),
        ]
    };
    let told = |request: Fact| {
        let mut facts = neck();
        facts.push(request);
        let chart = gather(vec![facts]);
        let explains = Topic::of("imaging-not-explanatory");
        (
            chart.standing(const { kind_index("pain_score") }).len(),
            chart.statements(&explains).count(),
        )
    };
    assert_eq!(told(request(90, "superior cluneal nerve block", None)), (0, 0));
    assert_eq!(told(request(90, "cervical medial branch block", None)), (1, 1));
}

#[test]
fn the_visit_of_an_ankle_tells_no_limits_of_a_buttock() {
    let visit = |name: &str| {
        let sleep = Function { activity: Activity::Sleep, limitation: None, amount: None };
        let diagnosis = Diagnosis { name: name.into(), ..Default::default() };
        vec![fact(0, sleep), fact(5, diagnosis)]
    };
    let limits = |name: &str| {
        let asked = vec![request(0, "superior cluneal nerve block", None)];
        let chart = gather(vec![visit(name), asked]);
        chart.standing(const { kind_index("function") }).len()
    };
    assert_eq!(limits("ankle sprain"), 0);
    assert_eq!(limits("superior cluneal neuralgia"), 1);
}
