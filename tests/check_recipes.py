"""Holds the recipes of docs/analysis/, DuckDB's and pandas', against `summarize --format csv`.

    python3 tests/check_recipes.py REPORT_FOLDER SUMMARY.csv

Every figure of a table has to be there with the same number, and no recipe may have a row more. Says how
many figures were compared, or what differs, and ends with 1.
"""

import csv
import math
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docs" / "analysis"))
import pandas_recipes
import recipes

VALUES = {"cumulative", "lift", "undocumented_rate", "change"}


def summary(path):
    """The figures of `summarize`: by table, keys and measure."""
    tables = defaultdict(dict)
    keys = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            own = [row[key] for key in ("key_1", "key_2") if row[key]]
            keys[row["table"]] = own
            values = tuple(row[f"value_{place + 1}"] for place in range(len(own)))
            tables[row["table"]].setdefault(values, {})[row["measure"]] = row
    return tables, keys


def same(a, b):
    """Whether two numbers are one, to the six decimals of the CSV."""
    if b is None or isinstance(b, float) and math.isnan(b):
        return a == ""
    return a != "" and abs(float(a) - float(b)) <= 1.0001e-6 * max(1.0, abs(float(b)))


def check(name, keys, expected, rows, wrong):
    """How many figures of a recipe's rows are those of the summary."""
    seen, compared = set(), 0
    for row in rows:
        values = tuple(str(row[key]) for key in keys)
        figures = expected.get(values)
        seen.add(values)
        if figures is None:
            wrong.append(f"{name}: {values} is no row of the summary")
            continue
        for measure, figure in figures.items():
            if measure not in row:
                wrong.append(f"{name}: no column {measure}")
                continue
            asked = [("value" if measure in VALUES else "count", row[measure])]
            # What the group itself is a share of, and its interval.
            if measure == "cases":
                asked += [(column, row[column]) for column in ("of", "low", "high") if column in row]
            for column, value in asked:
                compared += 1
                if not same(figure[column], value):
                    wrong.append(f"{name}: {values} {measure} {column}: {figure[column]} and {value}")
    wrong.extend(f"{name}: no row {values}" for values in expected.keys() - seen)
    return compared


def main():
    report, path = sys.argv[1:]
    tables, keys = summary(path)
    wrong = []
    connection = recipes.connect(report)
    duck = {name.replace("payer_reason", "payer+reason"): recipes.table(connection, name) for name in recipes.names(report)}
    panda = {name: table.to_dict("records") for name, table in pandas_recipes.tables(report).items()}
    for kind, made in (("DuckDB", duck), ("pandas", panda)):
        compared = 0
        if set(made) != set(tables):
            wrong.append(f"{kind}: tables {sorted(set(made) ^ set(tables))} are not on both sides")
        for name in sorted(set(made) & set(tables)):
            compared += check(f"{kind} {name}", keys[name], tables[name], made[name], wrong)
        print(f"{kind}: {len(made)} tables, {compared} figures")
    print("\n".join(wrong[:40]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
