#!/usr/bin/env python3
"""What Spark costs beside the local program, and what a second worker brings, as ratios.

    make bench-spark                    installs what is missing, builds, and runs this
    python3 python/bench/overhead.py [--notes 500] [--faxes 24]

The same files are read by ``chartsift run --jobs 1`` and by a standalone cluster on loopback with one
worker of one core, then with two. Notes cost next to nothing to read, so they show what Spark adds to a
file; faxes are read by OCR, so they show what a second worker brings.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[2]
sys.path += [str(PROJECT / "python" / "tests"), str(PROJECT / "benches" / "peers")]

import bulk  # noqa: E402
from cluster import Cluster  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

import chartsift  # noqa: E402
from chartsift import spark as cs  # noqa: E402


def local(files: Path, out: Path) -> float:
    """Seconds of the local program on one thread."""
    began = time.monotonic()
    chartsift.run(files, out, arguments=["--jobs", "1"])
    return time.monotonic() - began


def cluster(session: SparkSession, files: Path, folder: Path) -> float:
    """Seconds of the same on the cluster, from files to tables."""
    began = time.monotonic()
    documents = cs.by_file(cs.read_files(session, str(files)), str(files)).repartition(8)
    extracted = cs.extract(documents, checkpoint=str(folder / "extracted"))
    cs.evaluate(extracted.facts, extracted.documents).write(str(folder / "report"))
    return time.monotonic() - began


def main() -> None:
    """Runs the bench and prints its table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--notes", type=int, default=500, help="text files, and three times as many")
    options.add_argument("--faxes", type=int, default=24, help="scanned PDFs")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        sets = {name: root / name for name in ("few notes", "many notes", "faxes")}
        bulk.make(sets["few notes"], chosen.notes, "notes")
        bulk.make(sets["many notes"], 3 * chosen.notes, "notes")
        bulk.make(sets["faxes"], chosen.faxes, "scans")
        seconds = {("local", name): local(files, root / f"out-{name}") for name, files in sets.items()}
        machines = Cluster(root, workers=1)
        try:
            session = machines.session(root / "driver")
            for workers in (1, 2):
                if workers == 2:
                    machines.work()
                machines.wait(session, executors=workers)
                # Python and the lexicon are loaded then; what follows is warm.
                cluster(session, sets["few notes"], root / f"warm-{workers}")
                for name, files in sets.items():
                    took = cluster(session, files, root / f"{name}-{workers}")
                    seconds[str(workers), name] = took
            session.stop()
        finally:
            machines.stop()
    print(f"| seconds | {' | '.join(sets)} |\n|---|---|---|---|")
    for who in ("local", "1", "2"):
        name = "chartsift run --jobs 1" if who == "local" else f"Spark, workers: {who}"
        print(f"| {name} | {' | '.join(f'{seconds[who, files]:.1f}' for files in sets)} |")
    # By the difference of the two: what a job takes once is not a file's.
    each = {
        who: (seconds[who, "many notes"] - seconds[who, "few notes"]) / (2 * chosen.notes)
        for who in ("local", "1", "2")
    }
    once = seconds["1", "few notes"] - chosen.notes * each["1"]
    print(f"\nadded to a file: {1000 * (each['1'] - each['local']):.1f} ms; to a job: {once:.1f} s")
    one, two = seconds["1", "faxes"], seconds["2", "faxes"]
    print(f"notes: a file on one worker {each['1'] / each['local']:.2f}x the local program's")
    print(f"notes: a file on two workers {each['1'] / each['2']:.2f}x as fast as on one")
    print(f"faxes: one worker {one / seconds['local', 'faxes']:.2f}x the local time")
    print(f"faxes: two workers {one / two:.2f}x as fast as one")


if __name__ == "__main__":
    main()
