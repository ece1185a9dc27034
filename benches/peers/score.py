"""How near what was read is to what is printed."""

import re
from collections import Counter
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein


def plain(text: str) -> str:
    return " ".join(text.split())


def tokens(text: str) -> list[str]:
    """Words and numbers without the punctuation around them."""
    return re.findall(r"[\w./%+-]*\w", text)


@dataclass
class Score:
    """Sums over pages; the rates come from the sums, so that a short page counts little."""

    pages: int = 0
    letters: int = 0
    wrong: int = 0  # insertions, deletions and substitutions; on one page no more than it has letters
    expected: int = 0
    found: int = 0
    common: int = 0
    numbers: int = 0
    numbers_found: int = 0
    exact: list[float] = field(default_factory=list)  # F1 of the page's words as printed
    order: list[float] = field(default_factory=list)  # 1 - distance / letters

    def add(self, printed: str, header: str, read: str):
        """A page. The fax machine's line is no part of the record: a tool may give it or not."""
        printed, read = plain(printed), plain(read)
        if not printed:
            return
        forms = {printed, plain(f"{header} {printed}"), plain(f"{printed} {header}")}
        distance, truth = min((Levenshtein.distance(form, read), form) for form in sorted(forms))
        self.pages += 1
        self.letters += len(truth)
        self.wrong += min(distance, len(truth))
        self.order.append(1 - min(distance, len(truth)) / len(truth))
        a, b = Counter(tokens(truth)), Counter(tokens(read))
        self.expected += a.total()
        self.found += b.total()
        self.common += (a & b).total()
        numbers = Counter({word: n for word, n in a.items() if any(c.isdigit() for c in word)})
        self.numbers += numbers.total()
        self.numbers_found += (numbers & b).total()
        a, b = Counter(truth.split()), Counter(read.split())
        self.exact.append(2 * (a & b).total() / max(1, a.total() + b.total()))

    @property
    def cer(self) -> float:
        """Per cent of the letters."""
        return 100 * self.wrong / max(1, self.letters)

    @property
    def f1(self) -> float:
        return 2 * self.common / max(1, self.expected + self.found)

    @property
    def recall(self) -> float:
        """Of the words that hold a digit."""
        return self.numbers_found / max(1, self.numbers)

    @property
    def exact_f1(self) -> float:
        """Mean over the pages."""
        return sum(self.exact) / max(1, len(self.exact))

    @property
    def levenshtein(self) -> float:
        """Mean over the pages."""
        return sum(self.order) / max(1, len(self.order))
