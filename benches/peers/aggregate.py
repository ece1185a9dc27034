"""Times `summarize` beside DuckDB on the same rows, turn by turn.

    python3 benches/peers/aggregate.py REPORT_FOLDER [--rows 1000000] [--turns 3] [--chartsift PROGRAM]

Makes a report folder of at least so many rows of denial_reasons.csv by writing the cases of REPORT_FOLDER
again under other ids, writes the same table as Parquet, and times the whole of each program: cases,
shares and measures by reason. Both give the same figures, or it says so and ends with 1.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECIPES = HERE.parent.parent / "docs" / "analysis"

# What DuckDB runs: the recipe over the tables that stand in a folder.
CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {recipes!r})
import duckdb, recipes
load = (recipes.SQL / "load.sql").read_text(encoding="utf-8")
for name in ("cases", "denial_reasons") if {parquet!r} else ():
    old = "read_csv(report_table('" + name + "'), all_varchar = true, header = true)"
    assert load.count(old) == 1, name
    load = load.replace(old, "read_parquet('" + {parquet!r} + "/" + name + ".parquet')")
connection = duckdb.connect()
connection.execute("SET threads = 2; SET enable_progress_bar = false")
connection.execute("SET VARIABLE report = '" + {report!r} + "'")
connection.execute(load)
print(sum(row["cases"] for row in recipes.table(connection, "reason")))
"""


def multiply(report, out, rows):
    """A folder with the cases of `report` as often as it takes, each time under other ids."""
    with (report / "denial_reasons.csv").open(encoding="utf-8", newline="") as file:
        own = sum(1 for _ in csv.reader(file)) - 1
    times = -(-rows // own)
    # Row by row: a program that this one starts would be charged with what this one holds.
    for name in ("cases", "denial_reasons"):
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for turn in range(times):
                with (report / f"{name}.csv").open(encoding="utf-8", newline="") as source:
                    body = csv.reader(source)
                    header = next(body)
                    if turn == 0:
                        writer.writerow(header)
                    writer.writerows([f"{turn:03}-{row[0]}", *row[1:]] for row in body)
    # The recipes look at them, and here they say nothing.
    for name in ("criteria", "pathway", "facts"):
        with (report / f"{name}.csv").open(encoding="utf-8") as file:
            (out / f"{name}.csv").write_text(file.readline(), encoding="utf-8")
    run = json.loads((report / "run.json").read_text(encoding="utf-8"))
    run["documents"] = []
    (out / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return own * times


def parquet(out, folder):
    """The same tables as Parquet, written by DuckDB."""
    for name in ("cases", "denial_reasons"):
        sql = (
            f"COPY (SELECT * FROM read_csv('{out}/{name}.csv', all_varchar = true, header = true)) "
            f"TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )
        subprocess.run([sys.executable, "-c", f"import duckdb; duckdb.sql({sql!r})"], check=True)


def timed(command):
    """Seconds, processor seconds and MB of a command, and what it says."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = process.stdout.read()
    trouble = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(trouble.decode())
    seconds = time.perf_counter() - before
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("report", type=Path)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--turns", type=int, default=3)
    arguments.add_argument("--chartsift", default="target/dist/chartsift")
    given = arguments.parse_args()
    room = Path(tempfile.mkdtemp())
    try:
        out, columns = room / "report", room / "parquet"
        out.mkdir()
        columns.mkdir()
        rows = multiply(given.report, out, given.rows)
        parquet(out, columns)
        size = (out / "denial_reasons.csv").stat().st_size / 1e6
        print(f"{rows} rows of denial_reasons, {size:.0f} MB as CSV, "
              f"{(columns / 'denial_reasons.parquet').stat().st_size / 1e6:.0f} MB as Parquet")
        child = lambda parquet: [sys.executable, "-c", CHILD.format(recipes=str(RECIPES), report=str(out), parquet=parquet)]
        programs = {
            "chartsift summarize, CSV": [given.chartsift, "summarize", str(out), "--by", "reason", "--format", "csv"],
            "chartsift summarize, CSV, 13 tables": [
                given.chartsift, "summarize", str(out), "--format", "csv", "--by",
                "reason,class,category,criterion,policy,determination,cpt,provider,payer,month,fixes,together,drift",
            ],
            "DuckDB, CSV": child(""),
            "DuckDB, Parquet": child(str(columns)),
        }
        taken = {name: [] for name in programs}
        sums = {}
        for turn in range(given.turns):
            for name, command in programs.items():
                *figures, said = timed(command)
                taken[name].append(figures)
                if name.startswith("chartsift"):
                    table = csv.DictReader(said.decode().splitlines())
                    sums[name] = sum(int(r["count"]) for r in table if r["table"] == "reason" and r["measure"] == "cases")
                else:
                    sums[name] = int(said.split()[-1])
        for name, figures in taken.items():
            best = min(figures)
            print(f"{name:38} {best[0]:6.2f} s  {best[1]:6.2f} s of processor  {max(f[2] for f in figures):6.0f} MB")
        if len(set(sums.values())) != 1:
            sys.exit(f"the figures differ: {sums}")
    finally:
        shutil.rmtree(room)


if __name__ == "__main__":
    main()
