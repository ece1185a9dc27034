"""Holds a report's workbook against its tables, read by openpyxl.

    python3 tests/read_workbook.py REPORT_FOLDER      says nothing, or what differs, and ends with 1
"""

import sys
from pathlib import Path

import openpyxl

from tables import rows as rows_of_csv
from tables import text, unguarded

NUMBERS = ("count", "of", "share", "low", "high", "value")
FIGURES = ("table", "key_1", "value_1", "key_2", "value_2", "label", "measure", *NUMBERS, "withheld")


def shown(cell) -> str:
    """A cell as the table writes it; of a link its path."""
    if isinstance(cell, str) and cell.startswith('=HYPERLINK("'):
        return cell.split('"')[1]
    return text(cell)


def summary(sheet):
    """What is wrong with the sheet that a pivot is made of: a line a figure, under one header."""
    header, *lines = sheet.iter_rows(values_only=True)
    if header != FIGURES or len(lines) < 100:
        yield f"summary: columns {header}, {len(lines)} lines"
    if sheet.freeze_panes != "B2" or sheet.auto_filter.ref != sheet.dimensions:
        yield "summary: no frozen header, or no filter over all"
    for line in lines:
        own = dict(zip(header, line))
        numbers = [own[name] for name in NUMBERS if own[name] is not None]
        if not all(isinstance(number, (int, float)) for number in numbers) or not isinstance(own["withheld"], bool):
            yield f"summary: {own['table']}, {own['measure']}: words for a number"


def main():
    folder = Path(sys.argv[1])
    book = openpyxl.load_workbook(folder / "report.xlsx")
    wrong = []
    tables = {path.stem for path in folder.glob("*.csv")}
    if set(book.sheetnames) != tables | {"summary"}:
        wrong.append(f"sheets {book.sheetnames}, tables {sorted(tables)}")
    for sheet in book:
        if sheet.title == "summary":
            wrong.extend(summary(sheet))
            continue
        rows = rows_of_csv(folder / f"{sheet.title}.csv")
        if sheet.max_row != len(rows) or sheet.freeze_panes != "B2" or not sheet.auto_filter.ref:
            wrong.append(f"{sheet.title}: {sheet.max_row} rows of {len(rows)}, no frozen header or no filter")
        for number, (row, expected) in enumerate(zip(sheet.iter_rows(values_only=True), rows), start=1):
            for name, cell, written in zip(rows[0], row, expected):
                if shown(cell) != unguarded(written):
                    wrong.append(f"{sheet.title}: row {number}, {name}")
                if number > 1 and name.startswith("n_") and not isinstance(cell, (int, float)):
                    wrong.append(f"{sheet.title}: row {number}, {name} is no number")
    for row in book["cases"].iter_rows(min_row=2, values_only=True):
        link = next(cell for cell in row if isinstance(cell, str) and cell.startswith("=HYPERLINK"))
        if not (folder / link.split('"')[1]).is_file():
            wrong.append("a case's link leads nowhere")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
