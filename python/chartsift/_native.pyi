"""What the library itself offers; :mod:`chartsift` is what programs use."""

from collections.abc import Mapping, Sequence
from typing import final

VERSION: str
ENDINGS: list[str]
GIVEN: list[str]

Row = list[str | float | int | bool | None]

class ChartsiftError(Exception):
    """What chartsift cannot do, and why; never a record's words."""

@final
class Document:
    @property
    def name(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    def texts(self) -> list[str]: ...
    def page_lines(self) -> list[str]: ...
    def word_lines(self, page: int) -> list[str]: ...
    def problem_rows(self, case_id: str) -> list[Row]: ...

@final
class Reader:
    def __new__(
        cls,
        program: Sequence[str],
        options: tuple[str, str, int],
        document_timeout: int,
        memory: int,
    ) -> Reader: ...
    def read(self, name: str, content: bytes | None, path: str | None) -> Document: ...

@final
class Engine:
    def __new__(
        cls,
        lexicons: str | None,
        policies: Sequence[str],
        as_of: str | None,
        facts_timeout: int | None,
    ) -> Engine: ...
    @property
    def lexicon_hash(self) -> str: ...
    def take(
        self, document: Document, case_id: str, several: bool
    ) -> tuple[str, list[str], list[Row], list[Row]]: ...
    def decide(
        self,
        case_id: str,
        given: Mapping[str, str],
        documents: Sequence[str],
        facts: Sequence[str],
        run_id: str,
    ) -> dict[str, list[Row]]: ...

def read_here(
    content: bytes, name: str, ocr: str, ocr_engine: str, timeout: int
) -> Document: ...
def record(name: str, parts: Mapping[int, int]) -> str: ...
def tables() -> dict[str, list[tuple[str, str]]]: ...
def main(arguments: Sequence[str], program: Sequence[str]) -> int: ...
