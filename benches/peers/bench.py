#!/usr/bin/env python3
"""A night's run in small: a bulk set from corpus/, read by chartsift with one and two threads and by its peers, side by side.

    make bench                                  installs what is missing, builds, and runs this (about 45 minutes)
    python3 benches/peers/bench.py [--documents 500] [--parts threads ...] [--medspacy PYTHON]

chartsift reads, takes facts, decides and writes its report; the peers only read, or only tag. Each line is a ratio to the line that
is marked 1.00. Writes OUT/bench.md. medspaCy wants an older numpy than the others, and so a Python of its own (PYTHON).
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import bulk
import sets
import tools

PARTS = ["threads", "scans", "text", "notes"]


def run(ours: Path, folder: Path, out: Path, jobs: int, *more: str) -> tools.Cost:
    """A run of ours: CPU seconds with its readers', wall seconds, MiB of its largest process."""
    tool = tools.Tool("run", (str(ours), "run", "{in}", "--out", str(out), "--jobs", str(jobs), *more))
    _, cost, _ = tools.call(tool, folder, out.with_name(f"{out.name}-scratch"))
    return cost


def pages(out: Path) -> tuple[int, int]:
    """Pages of a report, and those read by OCR."""
    with (out / "cases.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return sum(int(row["pages"]) for row in rows), sum(int(row["pages_ocr"]) for row in rows)


def each(tool: tools.Tool, files: list[Path], scratch: Path) -> tools.Cost:
    total = tools.Cost()
    for at, file in enumerate(files):
        print(f"{tool.name}: {at + 1} of {len(files)}", file=sys.stderr)
        total.add(tools.call(tool, file, scratch)[1])
    return total


def table(title: str, head: list[str], rows: list[list[str]]) -> str:
    lines = [f"\n**{title}**\n", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def threads(ours: Path, folder: Path, scratch: Path, documents: int) -> str:
    rows, base = [], None
    for jobs in (1, 2):
        out = scratch / f"run-{jobs}"
        cost = run(ours, folder, out, jobs)
        count, scanned = pages(out)
        base = base or cost.wall
        rows.append([f"{jobs} thread{'s' * (jobs > 1)}", f"{cost.wall:.1f}", f"{count / cost.wall:.1f}", f"{base / cost.wall:.2f}", f"{cost.rss:.0f}"])
    again = run(ours, folder, scratch / "run-2", 2, "--policy", "epidural-steroid")
    rows.append(["2 threads, read before, another policy", f"{again.wall:.1f}", f"{count / again.wall:.1f}", f"{base / again.wall:.2f}", f"{again.rss:.0f}"])
    title = f"chartsift run: {documents} documents, {count} pages, {scanned} by OCR"
    return table(title, ["", "wall s", "pages / s", "times as fast", "peak MiB"], rows)


def scans(ours: Path, files: list[Path], folder: Path, scratch: Path) -> str:
    own = run(ours, folder, scratch / "scans", 1)
    fast = run(ours, folder, scratch / "scans-tesseract", 1, "--ocr-engine", "tesseract")
    peer = next(tool for tool in tools.scan_tools(ours) if tool.name == "OCRmyPDF")
    theirs = each(peer, files, scratch / "peer")
    count, _ = pages(scratch / "scans")
    rows = [
        [name, f"{cost.wall:.1f}", f"{cost.cpu / count:.2f}", f"{theirs.cpu / cost.cpu:.2f}"]
        for name, cost in [("chartsift run", own), ("chartsift run --ocr-engine tesseract", fast), ("OCRmyPDF", theirs)]
    ]
    return table(f"Scans: {len(files)} files, {count} pages, one thread", ["", "wall s", "CPU s / page", "times as fast"], rows)


def text(ours: Path, files: list[Path], folder: Path, scratch: Path) -> str:
    count, rows = None, []
    own = run(ours, folder, scratch / "text", 1)
    count, _ = pages(scratch / "text")
    costs = [("chartsift run, facts and verdicts included", own)]
    costs += [(tool.name if tool.name != "chartsift" else "chartsift text", each(tool, files, scratch / "peer")) for tool in tools.text_tools(ours)]
    base = dict(costs)["pdftotext"].cpu
    rows = [[name, f"{cost.cpu:.2f}", f"{count / cost.cpu:.0f}", f"{base / cost.cpu:.2f}"] for name, cost in costs]
    return table(f"Text layers: {len(files)} files, {count} pages, one thread", ["", "CPU s", "pages / CPU s", "times as fast"], rows)


def notes(ours: Path, files: list[Path], folder: Path, python: Path) -> str:
    command = [python, Path(__file__).with_name("language.py"), "--program", ours, "--rounds", "1", "--json", folder]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    size, theirs = told["bytes"], told["medspacy"]
    rows = [
        [name, f"{cpu:.2f}", f"{size / cpu / 1e6:.3f}", f"{theirs / cpu:.1f}"]
        for name, cpu in (("chartsift tag", told["chartsift"]), ("medspaCy", theirs))
    ]
    return table(f"Texts: {len(files)} notes, {size / 1e6:.2f} MB, one thread", ["", "CPU s", "MB / s", "times as fast"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--ours", type=Path, default=sets.PROJECT / "target/dist/chartsift")
    parser.add_argument("--out", type=Path, default=sets.PROJECT / "target/peers")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="only some of the tables")
    parser.add_argument("--medspacy", type=Path, default=Path(sys.executable), help="the Python that has medspaCy")
    args = parser.parse_args()
    ours = args.ours.resolve()
    parts = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        for part in args.parts:
            # The whole set, and a fifth of it for each kind of peer.
            only, count = (None, args.documents) if part == "threads" else (part, args.documents // 5)
            folder = scratch / "sets" / part
            bulk.make(folder, count, only)
            files = sorted(folder.iterdir())
            parts.append(
                threads(ours, folder, scratch, count) if part == "threads"
                else scans(ours, files, folder, scratch) if part == "scans"
                else text(ours, files, folder, scratch) if part == "text"
                else notes(ours, files, folder, args.medspacy)
            )
            print(parts[-1], flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "bench.md").write_text("".join(parts).lstrip(), "utf-8")


if __name__ == "__main__":
    main()
