"""Runs the DuckDB recipes over a report folder.

    python3 docs/analysis/recipes.py chartsift-out            every table
    python3 docs/analysis/recipes.py chartsift-out reason     one of them

Needs `pip install duckdb`.
"""

import sys
from pathlib import Path

import duckdb

SQL = Path(__file__).resolve().parent / "duckdb"


def connect(report):
    """A connection with the tables of a report."""
    connection = duckdb.connect()
    connection.execute(f"SET VARIABLE report = '{str(report).replace(chr(39), chr(39) * 2)}'")
    connection.execute((SQL / "load.sql").read_text(encoding="utf-8"))
    return connection


def names(report):
    """The recipes that a report has the tables for."""
    found = sorted(path.stem for path in SQL.glob("*.sql") if path.stem != "load")
    return [name for name in found if name != "overrides" or (Path(report) / "reviews.csv").is_file()]


def table(connection, name):
    """A recipe's rows, each by column name."""
    cursor = connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row)) for row in cursor.fetchall()]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    report = sys.argv[1]
    connection = connect(report)
    for name in sys.argv[2:] or names(report):
        print(f"\n{name}")
        print(connection.sql((SQL / f"{name}.sql").read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
