"""A report's tables as the tests' scripts read them."""

import csv

# What a spreadsheet would run as a formula; an apostrophe stands before it in CSV.
GUARDED = tuple("=+-@\t\r")


def unguarded(cell: str) -> str:
    """A cell of a table without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(GUARDED) else cell


def rows(path) -> list[list[str]]:
    """The rows of a table, the header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def text(cell) -> str:
    """A cell of another form as the table writes it; nothing for none."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool) or type(cell).__name__ == "bool_":
        return str(bool(cell)).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
