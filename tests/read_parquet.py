"""Holds a report's Parquet files against its CSV files, read by DuckDB and by pandas.

    python3 tests/read_parquet.py REPORT_FOLDER       says nothing, or what differs, and ends with 1
"""

import csv
import sys
from pathlib import Path

import duckdb
import pandas

GUARDED = tuple("=+-@\t\r")


def text(cell) -> str:
    """A cell as the table writes it."""
    if cell is None or cell is pandas.NA or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool) or type(cell).__name__ == "bool_":
        return str(bool(cell)).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def rows_of_duckdb(path: Path):
    table = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)])
    names = [column[0] for column in table.description]
    return names, table.fetchall()


def rows_of_pandas(path: Path):
    table = pandas.read_parquet(path)
    return list(table.columns), [list(row) for row in table.astype(object).itertuples(index=False, name=None)]


def main():
    folder = Path(sys.argv[1])
    wrong = []
    tables = sorted(path.stem for path in folder.glob("*.csv"))
    if tables != sorted(path.stem for path in folder.glob("*.parquet")):
        wrong.append("not a Parquet file for each table")
    for table in tables:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            header, *expected = csv.reader(file)
        for reader in (rows_of_duckdb, rows_of_pandas):
            place = f"{table}, {reader.__name__}"
            names, rows = reader(folder / f"{table}.parquet")
            if names != header or len(rows) != len(expected):
                wrong.append(f"{place}: other columns, or {len(rows)} rows of {len(expected)}")
                continue
            for number, (row, line) in enumerate(zip(rows, expected), start=1):
                for name, cell, written in zip(names, row, line):
                    if written.startswith("'") and written[1:].startswith(GUARDED):
                        written = written[1:]
                    if text(cell) != written:
                        wrong.append(f"{place}: row {number}, {name}")
    types = {name: kind for name, kind, *_ in duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(folder / "cases.parquet")]).fetchall()}
    for name, kind in {"n_met": "BIGINT", "completeness": "DOUBLE", "curable": "BOOLEAN", "case_id": "VARCHAR"}.items():
        if types[name] != kind:
            wrong.append(f"cases: {name} is {types[name]}")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
