"""Files with the words of each page known."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "corpus"))

import make_corpus  # noqa: E402


@dataclass(frozen=True)
class Page:
    """What stands on a page, as it is read."""

    kind: str  # text | scan
    way: str  # how it was made: the class that scores are kept by
    words: str
    header: str = ""  # the fax machine's line


@dataclass(frozen=True)
class File:
    path: Path
    pages: tuple[Page, ...]

    @property
    def all_text(self) -> bool:
        return all(page.kind == "text" for page in self.pages)

    @property
    def has_scan(self) -> bool:
        return any(page.kind == "scan" for page in self.pages)


def corpus() -> list[File]:
    """The project's own invented faxes; their words come from the packets' texts."""
    files = []
    for path, parts in make_corpus.PLAN.items():
        pages = []
        for page in make_corpus.lay_out(path, parts):
            kind = "text" if page.part.way == "text" else "scan"
            way = page.part.way + (", turned" if page.part.turn else "")
            pages.append(Page(kind, way, page.words, page.header))
        files.append(File(PROJECT / "corpus/faxes" / path, tuple(pages)))
    return files


def folder(path: Path) -> list[File]:
    """A folder with `manifest.jsonl`, a line a file: `file` and `pages`, each with `kind` (text or scan), `cls`, `text` and `headers`."""
    files = []
    for line in (path / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        pages = [
            Page(page["kind"], page["cls"] or page["kind"], page.get("text") or "", " ".join(page.get("headers") or []))
            for page in row["pages"]
        ]
        files.append(File(path / row["file"], tuple(pages)))
    return files
