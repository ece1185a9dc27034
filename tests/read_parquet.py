"""Holds a report's Parquet files against its CSV files, read by DuckDB and by pandas.

    python3 tests/read_parquet.py REPORT_FOLDER       says nothing, or what differs, and ends with 1
"""

import sys
from pathlib import Path

import duckdb
import pandas

from tables import rows as rows_of_csv
from tables import text, unguarded


def rows_of_duckdb(path: Path):
    table = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)])
    names = [column[0] for column in table.description]
    return names, table.fetchall()


def rows_of_pandas(path: Path):
    table = pandas.read_parquet(path)
    values = table.astype(object).where(table.notna(), None)
    return list(table.columns), [list(row) for row in values.itertuples(index=False, name=None)]


def main():
    folder = Path(sys.argv[1])
    wrong = []
    tables = sorted(path.stem for path in folder.glob("*.csv"))
    if tables != sorted(path.stem for path in folder.glob("*.parquet")):
        wrong.append("not a Parquet file for each table")
    for table in tables:
        header, *expected = rows_of_csv(folder / f"{table}.csv")
        for reader in (rows_of_duckdb, rows_of_pandas):
            place = f"{table}, {reader.__name__}"
            names, rows = reader(folder / f"{table}.parquet")
            if names != header or len(rows) != len(expected):
                wrong.append(f"{place}: other columns, or {len(rows)} rows of {len(expected)}")
                continue
            for number, (row, line) in enumerate(zip(rows, expected), start=1):
                for name, cell, written in zip(names, row, line):
                    if text(cell) != unguarded(written):
                        wrong.append(f"{place}: row {number}, {name}")
    types = {name: kind for name, kind, *_ in duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(folder / "cases.parquet")]).fetchall()}
    for name, kind in {"n_met": "BIGINT", "completeness": "DOUBLE", "curable": "BOOLEAN", "case_id": "VARCHAR"}.items():
        if types[name] != kind:
            wrong.append(f"cases: {name} is {types[name]}")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
