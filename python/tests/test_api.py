"""The Python API on the corpus."""

import pickle
import threading
import time
from pathlib import Path

import pandas
import polars
import pytest

import chartsift
from chartsift import _native

NOTE = "Pain is 8/10. Gabapentin 300 mg for 6 weeks without relief. Denies weakness."


def test_a_fax_becomes_a_verdict(corpus: Path) -> None:
    fax = next((corpus / "faxes").rglob("order.pdf"))
    document = chartsift.read(fax)
    assert document.name == "order.pdf" and not document.problems
    [page, *_] = document.pages
    assert page.page == 1 and page["width"] == 612.0
    word = document.words(1)[0]
    assert word.text in document.text and len(word.box) == 4
    facts = chartsift.tag(document)
    assert "requested_procedure" in {fact.kind for fact in facts}
    for fact in facts:
        assert fact.boxes and fact.quote and fact.rule and fact.document == "order.pdf"
    verdict = chartsift.evaluate(facts, "cluneal-nerve-block", {"cpt": "64450"})
    assert verdict.case.request_cpt == "64450"
    assert verdict.determination in verdict.narrative.lower().replace(" ", "_")
    assert verdict.reasons and {row.result for row in verdict.criteria} >= {"not_documented"}


def test_bytes_and_paths_are_read_alike(corpus: Path) -> None:
    path = next((corpus / "packets").rglob("*.txt"))
    of_path, of_bytes = chartsift.read(path), chartsift.read(path.read_bytes(), name=path.name)
    assert of_path.text == of_bytes.text
    assert of_path.content_hash == of_bytes.content_hash
    assert list(map(dict, chartsift.tag(of_path))) == list(map(dict, chartsift.tag(of_bytes)))


def test_facts_are_tables() -> None:
    facts = chartsift.tag(NOTE)
    [pain] = [fact for fact in facts if fact.kind == "pain_score"]
    assert (pain.high, pain.quote) == (8, "Pain is 8/10")
    assert dict(pickle.loads(pickle.dumps(pain))) == dict(pain)
    assert dict(chartsift.Fact.of_line(pain.line())) == dict(pain)
    table = pandas.DataFrame(map(dict, facts))
    assert set(table["kind"]) == {fact.kind for fact in facts}
    assert polars.DataFrame([dict(fact) for fact in facts]).height == len(facts)


def test_nothing_that_is_printed_quotes_a_record() -> None:
    facts = chartsift.tag(NOTE)
    shown = repr(facts) + repr(chartsift.read(NOTE.encode(), name="a.txt"))
    assert "Gabapentin" not in shown and "8/10" not in shown


def test_slips_are_told(tmp_path: Path) -> None:
    facts = chartsift.tag(NOTE)
    policy = "cluneal-nerve-block"
    for slip, told in [
        (lambda: chartsift.evaluate(facts, "cluneal"), "did you mean `cluneal-nerve-block`"),
        (lambda: chartsift.evaluate(facts, policy, {"side": "up"}), "none of left, right"),
        (lambda: chartsift.evaluate(facts, policy, {"date": "today"}), "a request has as_of"),
        (lambda: chartsift.evaluate([{"kind": "pain"}], policy), "fact 1: no line of facts"),
        (lambda: chartsift.read(b"", ocr="maybe"), "one of auto, always, never"),
        (lambda: chartsift.run(tmp_path / "none", tmp_path / "out"), "no such file or folder"),
    ]:
        with pytest.raises(chartsift.ChartsiftError, match=told):
            slip()
    with pytest.raises(OSError):
        chartsift.read(tmp_path / "none.pdf")


def test_a_panic_is_an_exception_without_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    panics = getattr(_native, "panics", None)
    if panics is None:
        pytest.skip("a release build cannot be made to panic")
    with pytest.raises(chartsift.ChartsiftError, match="internal error at .*lib.rs") as caught:
        panics()
    assert isinstance(caught.value, Exception)
    assert "words of a record" not in str(caught.value) + "".join(capfd.readouterr())


def test_what_cannot_be_read_is_a_problem(corpus: Path) -> None:
    document = chartsift.read(b"\x00\x01\x02", name="junk.pdf")
    [problem] = document.problems
    assert document.pages == [] and problem.stage == "open" and problem.page is None
    assert chartsift.tag(document) == []
    for file in (corpus / "hostile").iterdir():
        if file.suffix in (".pdf", ".tif"):
            chartsift.read(file, ocr="never")


def test_a_run_is_the_programs(corpus: Path, tmp_path: Path) -> None:
    report = chartsift.run(
        corpus / "packets", tmp_path / "out", arguments=["--policy", "cluneal-nerve-block"]
    )
    counts = report.record["counts"]
    assert counts["documents"] > 1 and counts["documents_failed"] == 0
    assert sum(1 for _ in report.facts()) == counts["facts"]


def test_other_threads_go_on_meanwhile() -> None:
    text = "\n\n".join([NOTE] * 3000)
    chartsift.tag(NOTE)
    done = threading.Event()
    worker = threading.Thread(target=lambda: (chartsift.tag(text), done.set()))
    began = time.monotonic()
    worker.start()
    turns = 0
    while not done.is_set():
        turns += 1
        time.sleep(0.001)
    worker.join()
    took = time.monotonic() - began
    # With the lock held there would be a turn or two, however long it took.
    assert turns > 20 * min(took, 1.0)
