"""Times `summarize` beside DuckDB on the same rows, turn by turn.

    python3 benches/peers/aggregate.py REPORT_FOLDER [--rows 1000000] [--turns 3] [--chartsift PROGRAM]

Makes a report folder of at least so many rows of denial reasons by writing the cases of REPORT_FOLDER, a report
with `--format parquet`, again under other ids, as CSV and as Parquet, and times the whole of each program: cases,
shares and measures by reason. Of DuckDB the time without Python's and its own start is given too, and the ratio
on the same Parquet is to that. Both give the same figures, or it says so and ends with 1.
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

TABLES = ("cases", "denial_reasons")

# What DuckDB runs: the recipe over the tables that stand in a folder; it says how long that takes once it is there.
CHILD = """
import sys, time
sys.path.insert(0, {recipes!r})
import duckdb, recipes
begun = time.perf_counter()
load = (recipes.SQL / "load.sql").read_text(encoding="utf-8")
for name in {tables!r} if {parquet!r} else ():
    old = "read_csv(report_table('" + name + "'), all_varchar = true, header = true)"
    assert load.count(old) == 1, name
    load = load.replace(old, "read_parquet('" + {parquet!r} + "/" + name + ".parquet')")
connection = duckdb.connect()
connection.execute("SET threads = 2; SET enable_progress_bar = false")
connection.execute("SET VARIABLE report = '" + {report!r} + "'")
connection.execute(load)
print(sum(row["cases"] for row in recipes.table(connection, "reason")), time.perf_counter() - begun)
"""


def multiply(report, out, rows):
    """A folder with the cases of `report` as often as it takes, each time under other ids."""
    with (report / "denial_reasons.csv").open(encoding="utf-8", newline="") as file:
        own = sum(1 for _ in csv.reader(file)) - 1
    times = -(-rows // own)
    # Row by row: a program that this one starts would be charged with what this one holds.
    for name in TABLES:
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
    return own * times, times


def parquet(report, folder, times):
    """The same rows as Parquet: those of the report's own files, typed, written by DuckDB."""
    for name in TABLES:
        sql = (
            f"COPY (SELECT * EXCLUDE (turn, file_row_number) REPLACE (printf('%03d-', turn) || case_id AS case_id) "
            f"FROM range({times}) turns(turn), read_parquet('{report}/{name}.parquet', file_row_number = true) "
            f"ORDER BY turn, file_row_number) TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION snappy)"
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
        rows, times = multiply(given.report, out, given.rows)
        parquet(given.report, columns, times)
        shutil.copy(out / "run.json", columns)
        size = (out / "denial_reasons.csv").stat().st_size / 1e6
        print(f"{rows} rows of denial_reasons, {size:.0f} MB as CSV, "
              f"{(columns / 'denial_reasons.parquet').stat().st_size / 1e6:.0f} MB as Parquet")
        ours = lambda folder, by: [given.chartsift, "summarize", str(folder), "--format", "csv", "--by", by]
        child = lambda parquet: [
            sys.executable, "-c", CHILD.format(recipes=str(RECIPES), tables=TABLES, report=str(out), parquet=parquet)
        ]
        several = "reason,class,category,criterion,policy,determination,cpt,provider,payer,month,fixes,together,drift"
        programs = {
            "chartsift, Parquet": ours(columns, "reason"),
            "DuckDB, Parquet": child(str(columns)),
            "chartsift, Parquet, 13 tables": ours(columns, several),
            "chartsift, CSV": ours(out, "reason"),
            "DuckDB, CSV": child(""),
        }
        taken = {name: [] for name in programs}
        sums, alone = {}, {name: [] for name in programs}
        for turn in range(given.turns):
            for name, command in programs.items():
                *figures, said = timed(command)
                taken[name].append(figures)
                if name.startswith("chartsift"):
                    table = csv.DictReader(said.decode().splitlines())
                    sums[name] = sum(int(r["count"]) for r in table if r["table"] == "reason" and r["measure"] == "cases")
                else:
                    sums[name] = int(said.split()[-2])
                    alone[name].append(float(said.split()[-1]))
        for name, figures in taken.items():
            best = min(figures)
            own = f"  {min(alone[name]):6.2f} s without its start" if alone[name] else ""
            print(f"{name:30} {best[0]:6.2f} s  {best[1]:6.2f} s of processor  {max(f[2] for f in figures):6.0f} MB{own}")
        ratio = min(taken["chartsift, Parquet"])[0] / min(alone["DuckDB, Parquet"])
        print(f"chartsift to DuckDB on the same Parquet: {ratio:.2f} of the time")
        if len(set(sums.values())) != 1:
            sys.exit(f"the figures differ: {sums}")
    finally:
        shutil.rmtree(room)


if __name__ == "__main__":
    main()
