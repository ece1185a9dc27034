"""Faxed clinical records to facts one can check, and facts to medical-necessity findings.

>>> document = chartsift.read("fax.pdf")
>>> facts = chartsift.tag(document)
>>> verdict = chartsift.evaluate(facts, "cluneal-nerve-block", {"cpt": "64450"})
>>> verdict.determination

Facts, words and rows are plain mappings at heart: ``pandas.DataFrame(map(dict, facts))`` and
``polars.DataFrame([dict(fact) for fact in facts])`` are tables of them. What is long releases the
interpreter's lock. Every failure is a :class:`ChartsiftError`, which never quotes a record.

What it recommends is for a clinician to decide: it never issues a denial by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import _native
from ._native import ChartsiftError

__all__ = [
    "ChartsiftError",
    "Document",
    "Fact",
    "Problem",
    "Report",
    "Verdict",
    "evaluate",
    "read",
    "run",
    "tag",
]

__version__ = _native.VERSION

#: How this interpreter starts the program ``chartsift``.
PROGRAM: tuple[str, ...] = (sys.executable, "-m", "chartsift")


class Record(Mapping[str, Any]):
    """Named values, as a mapping and as attributes; its ``repr`` shows none of a record's words."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._values)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._values,)


class Fact(Record):
    """What a record says, with the way back to its ink.

    It has what a line of facts.jsonl has: ``fact_id``, ``kind``, ``document``, ``page``, ``boxes``
    (left, top, right and bottom in points), ``start`` and ``end`` (code points of the text),
    ``quote``, ``section``, ``rule``, ``confidence`` (0 to 1), how the record says it, and the fields
    of its kind.
    """

    @classmethod
    def of_line(cls, line: str) -> Fact:
        """The fact of a line of facts.jsonl."""
        return cls(json.loads(line))

    def line(self) -> str:
        """Its line of facts.jsonl."""
        return json.dumps(dict(self), ensure_ascii=False)


class Problem(Record):
    """What went wrong with a document or a page: ``document``, ``page``, ``stage``, ``problem`` and
    ``retriable``, whether another try may go better."""


class Row(Record):
    """A row of one of a report's tables, by column."""


class Document:
    """A file, read."""

    def __init__(self, native: _native.Document) -> None:
        self._native = native

    @property
    def name(self) -> str:
        """What it is called."""
        return self._native.name

    @property
    def content_hash(self) -> str:
        """BLAKE3 of its bytes, 64 hexadecimal digits."""
        return self._native.content_hash

    @property
    def text(self) -> str:
        """Its text, pages parted by form feeds; without what fax machines printed at the edge."""
        return "\f".join(self._native.texts())

    @property
    def pages(self) -> list[Row]:
        """Its pages: ``page`` from 1, ``kind``, ``legibility``, ``source``, ``turned`` in degrees,
        ``width`` and ``height`` in points, ``uncovered`` (the share of ink that no word covers)."""
        return [Row(json.loads(line)) for line in self._native.page_lines()]

    def words(self, page: int) -> list[Row]:
        """The words of a page in reading order: ``text``, ``box`` in points, ``confidence`` (0 to 1)
        and ``alternatives`` where OCR read them."""
        return [Row(json.loads(line)) for line in self._native.word_lines(page)]

    @property
    def problems(self) -> list[Problem]:
        """What went wrong on the way; a file that cannot be read has one problem and no page."""
        return [Problem(row) for row in _rows("problems", self._native.problem_rows(""))]

    def __repr__(self) -> str:
        return repr(self._native)


@dataclass(frozen=True)
class Verdict:
    """What a policy makes of a case."""

    #: The row of cases.csv: ``determination``, ``rationale``, ``curable`` and others.
    case: Row
    #: A row for each criterion: ``result``, ``observed``, ``required``, ``fact_ids``.
    criteria: list[Row]
    #: Every reason against, the first being the primary one.
    reasons: list[Row]
    #: The pathway: what is done, and what would cure the rest.
    steps: list[Row]
    #: The assessment for people, in Markdown.
    narrative: str
    #: The request for missing documentation, in Markdown, where the case waits for it.
    request: str | None

    @property
    def determination(self) -> str:
        """The recommendation to the clinician."""
        return str(self.case["determination"])

    def __repr__(self) -> str:
        return f"Verdict({self.case['policy_id']}, {self.determination})"


@dataclass(frozen=True)
class Report:
    """A report folder that :func:`run` wrote."""

    #: The folder.
    folder: Path

    @property
    def record(self) -> dict[str, Any]:
        """What run.json says of the run."""
        record: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))
        return record

    def facts(self) -> Iterator[Fact]:
        """The facts of all cases."""
        with (self.folder / "facts.jsonl").open(encoding="utf-8") as lines:
            yield from map(Fact.of_line, lines)


#: The tables of a report, by name: each column, and what it holds.
_TABLES = _native.tables()


def _rows(table: str, rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    names = [name for name, _ in _TABLES[table]]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _engine(
    lexicons: str | os.PathLike[str] | None,
    policies: tuple[str, ...] = (),
    as_of: str | None = None,
    facts_timeout: int | None = None,
) -> _native.Engine:
    folder = None if lexicons is None else os.fspath(lexicons)
    return _loaded(folder, policies, as_of, facts_timeout)


@lru_cache(maxsize=8)
def _loaded(
    lexicons: str | None, policies: tuple[str, ...], as_of: str | None, facts_timeout: int | None
) -> _native.Engine:
    return _native.Engine(lexicons, policies, as_of, facts_timeout)


def read(
    source: bytes | str | os.PathLike[str],
    *,
    name: str | None = None,
    ocr: str = "auto",
    ocr_engine: str = "auto",
    timeout: int = 180,
) -> Document:
    """Reads a PDF, TIFF, PNG, JPEG or text file, in this process.

    ``source`` is a path or the file's bytes; ``name`` is what it is called. ``ocr`` is ``auto``,
    ``always`` or ``never``; ``ocr_engine`` is ``auto``, ``tesseract`` or ``ppocr``; ``timeout`` is
    the longest that OCR may take for a page, in seconds.

    A file that cannot be made sense of yields a document without pages and a problem. For files
    that nobody trusts, :func:`run` and :mod:`chartsift.spark` read in processes of their own.

    :raises OSError: where the file cannot be opened.
    :raises ChartsiftError: where an option is none of those.
    """
    if isinstance(source, bytes):
        content = source
    else:
        path = Path(source)
        content, name = path.read_bytes(), name or path.name
    return Document(_native.read_here(content, name or "", ocr, ocr_engine, timeout))


def tag(source: str | Document, *, lexicons: str | os.PathLike[str] | None = None) -> list[Fact]:
    """The facts of a document or of a text, in the order of the text.

    ``lexicons`` is a folder of files that stand in for the built-in ones of the same name.

    :raises ChartsiftError: where a lexicon does not hold what it should.
    """
    if isinstance(source, str):
        document = _native.read_here(source.encode(), "text.txt", "never", "tesseract", 60)
    else:
        document = source._native
    _, lines, _, _ = _engine(lexicons).take(document, "", False)
    return [Fact.of_line(line) for line in lines]


def evaluate(
    facts: Iterable[Mapping[str, Any]],
    policy: str,
    request: Mapping[str, str] | None = None,
    *,
    case_id: str = "case",
    lexicons: str | os.PathLike[str] | None = None,
) -> Verdict:
    """Holds the facts of one case against a policy.

    ``facts`` are those of all its documents, as :func:`tag` yields them or lines of facts.jsonl hold
    them. ``policy`` is an id, ``ID@VERSION`` or a file. ``request`` may say ``as_of`` (as
    2025-03-18), ``cpt``, ``side``, ``intent``, ``payer``, ``jurisdiction``, ``provider`` and
    ``member_ref``; what it does not say is taken from the record.

    :raises ChartsiftError: where the policy is not known, or a fact or the request is none.
    """
    given = {name: str(value) for name, value in (request or {}).items()}
    facts = [{"case_id": case_id, **dict(fact)} for fact in facts]
    pages: dict[str, dict[int, int]] = {}
    for fact in facts:
        parts = pages.setdefault(str(fact.get("document", "")), {})
        part, page = int(fact.get("part") or 0), int(fact.get("page") or 1)
        parts[part] = max(parts.get(part, 0), page)
    lines = [json.dumps(fact, ensure_ascii=False) for fact in facts]
    records = [_native.record(name, parts) for name, parts in pages.items()]
    tables = _engine(lexicons, (policy,)).decide(case_id, given, records, lines, "")
    rows = {table: [Row(row) for row in _rows(table, rows)] for table, rows in tables.items()}
    [assessment] = rows["assessments"]
    [case] = rows["cases"]
    return Verdict(
        case=case,
        criteria=rows["criteria"],
        reasons=rows["denial_reasons"],
        steps=rows["pathway"],
        narrative=assessment["narrative"],
        request=assessment["request"],
    )


def run(
    inputs: Iterable[str | os.PathLike[str]] | str | os.PathLike[str] = (),
    out: str | os.PathLike[str] = "chartsift-out",
    *,
    manifest: str | os.PathLike[str] | None = None,
    arguments: Sequence[str] = (),
) -> Report:
    """Reads documents, holds each case against a policy and writes a report folder, as
    ``chartsift run`` does.

    ``inputs`` are files and folders, or a ``manifest`` says which file is of which case;
    ``arguments`` are further ones, as ``["--policy", "cluneal-nerve-block", "--jobs", "4"]``. A
    document that cannot be read costs a row of problems.csv, and raises nothing.

    :raises ChartsiftError: where the run could not be made, with what the program says of it.
    """
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    command = [*PROGRAM, "run", "--out", os.fspath(out), *arguments]
    command += ["--manifest", os.fspath(manifest)] if manifest is not None else []
    command += ["--", *(os.fspath(path) for path in inputs)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    # Some documents failed, or all did: the report says which.
    if done.returncode not in (0, 3, 4):
        raise ChartsiftError(done.stderr.strip().removeprefix("chartsift: "))
    return Report(Path(out))
