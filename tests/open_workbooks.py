"""Has LibreOffice open a report's workbooks, and holds what it sees against the tables.

    python3 tests/open_workbooks.py REPORT_FOLDER      with summary.csv beside summary.xlsx

Each sheet is saved as CSV by LibreOffice: a workbook that needs repair is not loaded without a person
saying so. Numbers have to be numbers, and links to show their path. Ends with 1 and says what differs.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

from tables import rows, unguarded

# Every sheet into a file of its own, UTF-8, values as they are and not as they are shown.
FILTER = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1'


def plain(cell):
    """A cell as the table has it, whatever way a program writes a number or a truth."""
    cell = unguarded(cell)
    if cell in ("TRUE", "FALSE", "true", "false"):
        return cell.lower()
    try:
        return float(cell)
    except ValueError:
        return cell


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) < 1e-9 * max(1, abs(a))
    return a == b


def main():
    folder = Path(sys.argv[1])
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        sys.exit("no LibreOffice; `make test` installs it")
    wrong, sheets = [], 0
    for book in (folder / "report.xlsx", folder / "summary.xlsx"):
        with tempfile.TemporaryDirectory() as room:
            command = [office, f"-env:UserInstallation=file://{room}/profile", "--headless", "--convert-to", FILTER,
                       "--outdir", room, str(book)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            for name in openpyxl.load_workbook(book, read_only=True).sheetnames:
                seen = Path(room) / f"{book.stem}-{name}.csv"
                if not seen.is_file():
                    wrong.append(f"{book.name}: LibreOffice does not open sheet {name}: {done.stderr.strip()}")
                    continue
                sheets += 1
                table = folder / f"{name}.csv"
                if not table.is_file():
                    continue
                ours, theirs = rows(table), rows(seen)
                if len(ours) != len(theirs):
                    wrong.append(f"{name}: {len(theirs)} rows of {len(ours)}")
                for number, (own, other) in enumerate(zip(ours, theirs), start=1):
                    for column, a, b in zip(ours[0], own, other):
                        if not same(plain(a), plain(b)):
                            wrong.append(f"{name}: row {number}, {column}")
    summary = openpyxl.load_workbook(folder / "summary.xlsx")["summary"]
    if summary.freeze_panes != "B2" or not summary.auto_filter.ref:
        wrong.append("summary: no frozen header or no filter")
    if not all(isinstance(row[7], (int, float)) for row in summary.iter_rows(min_row=2, values_only=True) if row[7] is not None):
        wrong.append("summary: a count is no number")
    print(f"LibreOffice opens {sheets} sheets")
    print("\n".join(wrong[:30]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
