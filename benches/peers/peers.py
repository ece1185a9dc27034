#!/usr/bin/env python3
"""Reads the same files with chartsift and with its peers, turn by turn in one run, and says how fast and how right each is.

    make peers                                     installs what is missing and runs this over the project's own files
    python3 benches/peers/peers.py [SET_DIR ...]   also over folders with a manifest.jsonl (see sets.py)

Writes OUT/peers.md and OUT/peers.csv. CPU seconds are of the program and all that it starts, with its start-up; ratios are to
pdftotext for text and to OCRmyPDF as it comes for scans. One thread each.
"""

import argparse
import csv
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import img2pdf
import pikepdf

import make_text
import sets
import tools
from score import Score

LONG_PAGES = 400  # of the file that outweighs a program's start-up


def rounds(jobs: list[tuple], count: int, scratch: Path, results: dict, texts: dict):
    """Runs every tool on every file, `count` times; who is first changes from file to file.

    Fills `results` (key, tool) -> round -> cost, and `texts` (key, tool, file) -> what was read.
    """
    for turn in range(count):
        for at, (key, tool_list, file) in enumerate(jobs):
            print(f"round {turn + 1} of {count}: {key}, file {at + 1} of {len(jobs)}", file=sys.stderr)
            shift = (turn + at) % len(tool_list)
            for tool in tool_list[shift:] + tool_list[:shift]:
                text, cost, good = tools.call(tool, file, scratch / "out")
                results[key, tool.name][turn].add(cost)
                texts[key, tool.name, file] = text
                if not good:
                    print(f"{tool.name} failed on {file.name}", file=sys.stderr)


def long_file(files: list[sets.File], target: Path) -> int:
    """All text pages over and over in one file; returns how many there are."""
    with pikepdf.new() as long:
        sources = [pikepdf.open(file.path) for file in files]
        while len(long.pages) < LONG_PAGES:
            for source in sources:
                long.add_pages_from(source)
        long.save(target, deterministic_id=True)
        return len(long.pages)


def score_text(files: list[sets.File], key: str, tool_list, texts) -> dict[str, Score]:
    scores = defaultdict(Score)
    for tool in tool_list:
        for file in files:
            read = texts[key, tool.name, file.path].split("\f")
            for at, page in enumerate(file.pages):
                scores[tool.name].add(page.words, page.header, read[at] if at < len(read) else "")
    return scores


def score_scans(files: list[sets.File], key: str, tool_list, texts) -> dict[tuple[str, str], Score]:
    """Scores by class of page and tool."""
    scores = defaultdict(Score)
    for tool in tool_list:
        for file in files:
            read = texts[key, tool.name, file.path].split("\f")
            for at, page in enumerate(file.pages):
                if page.kind == "scan":
                    for way in (page.way, "all"):
                        scores[way, tool.name].add(page.words, page.header, read[at] if at < len(read) else "")
    return scores


def median(costs: dict, field: str) -> float:
    return statistics.median(getattr(cost, field) for cost in costs.values())


class Report:
    """Tables as Markdown, and every number of them as a row of CSV."""

    def __init__(self):
        self.markdown, self.rows = io.StringIO(), []

    def table(self, title: str, head: list[str], rows: list[list[str]]):
        print(f"\n**{title}**\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}", file=self.markdown)
        for row in rows:
            print(f"| {' | '.join(row)} |", file=self.markdown)
            for name, value in zip(head[1:], row[1:]):
                self.rows.append(dict(table=title, row=row[0], column=name, value=value))

    def write(self, out: Path):
        out.mkdir(parents=True, exist_ok=True)
        (out / "peers.md").write_text(self.markdown.getvalue().lstrip(), "utf-8")
        with (out / "peers.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["table", "row", "column", "value"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def rate(value: float) -> str:
    return f"{value:.4f}".removeprefix("0")


def report_text(report: Report, name: str, files, results, texts, tool_list, long_pages: int):
    pages = sum(len(file.pages) for file in files)
    scores = score_text(files, name, tool_list, texts)
    base = {key: median(results[key, "pdftotext"], "cpu") for key in (name, f"{name}, long")}
    rows = []
    for tool in tool_list:
        short, long = results[name, tool.name], results[f"{name}, long", tool.name]
        score, cpu = scores[tool.name], median(long, "cpu")
        rows.append([
            tool.name, rate(score.exact_f1), rate(score.levenshtein),
            f"{cpu / long_pages * 1000:.2f}", f"{cpu / base[f'{name}, long']:.2f}",
            f"{median(short, 'cpu') / len(files) * 1000:.0f}", f"{median(short, 'cpu') / base[name]:.2f}",
            f"{long_pages / median(long, 'wall'):.0f}", f"{median(long, 'rss'):.0f}",
        ])
    head = ["tool", "words F1", "reading order", f"CPU s / 1000 pages (one file of {long_pages})", "ratio",
            f"CPU ms / file ({len(files)} files, {pages} pages, start-up included)", "ratio", "pages / s", "peak MiB"]
    report.table(f"Text: {name}", head, rows)


def report_scans(report: Report, name: str, key: str, files, results, texts, tool_list):
    pages = sum(page.kind == "scan" for file in files for page in file.pages)
    scores = score_scans(files, key, tool_list, texts)
    peer = next((tool.name for tool in tool_list if tool.name == "OCRmyPDF"), tool_list[0].name)
    base = median(results[key, peer], "cpu")
    rows = []
    for tool in tool_list:
        costs, score = results[key, tool.name], scores["all", tool.name]
        cpu = median(costs, "cpu")
        rows.append([
            tool.name, f"{score.cer:.2f}", rate(score.f1), rate(score.recall), f"{cpu / pages:.2f}", f"{cpu / base:.2f}",
            f"{pages / cpu:.2f}", f"{median(costs, 'wall') / pages:.2f}", f"{median(costs, 'rss'):.0f}",
        ])
    head = ["tool", "CER %", "words F1", "numbers found", "CPU s / page", "ratio", "pages / CPU s", "wall s / page", "peak MiB"]
    report.table(f"Scans: {name} ({pages} pages)", head, rows)
    ways = sorted({way for way, _ in scores if way != "all"})
    rows = []
    for way in ways:
        row = [way, str(scores[way, tool_list[0].name].pages)]
        for tool in tool_list:
            score = scores[way, tool.name]
            row.append(f"{score.cer:.2f} / {rate(score.f1)} / {rate(score.recall)}")
        if row[1] != "0":
            rows.append(row)
    head = ["class", "pages", *(f"{tool.name}: CER % / words F1 / numbers" for tool in tool_list)]
    report.table(f"Scans by class: {name}", head, rows)


def report_threads(report: Report, name: str, files, ours: Path, scratch: Path):
    """How far a second thread helps: `run` reads documents side by side (and takes facts from them)."""
    walls = {}
    for jobs in (1, 2):
        out = scratch / f"run-{jobs}"
        command = [str(ours), "run", *(str(file.path) for file in files), "--out", str(out), "--jobs", str(jobs)]
        began = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True, env=tools.ENVIRONMENT)
        walls[jobs] = time.perf_counter() - began
    pages = sum(len(file.pages) for file in files)
    rows = [[str(jobs), f"{wall:.1f}", f"{pages / wall:.2f}", f"{walls[1] / wall:.2f}"] for jobs, wall in walls.items()]
    report.table(f"`chartsift run`, facts and verdicts included: {name} ({pages} pages)",
                 ["threads", "wall s", "pages / s", "times as fast"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET_DIR", help="folders with a manifest.jsonl")
    parser.add_argument("--ours", type=Path, default=sets.PROJECT / "target/dist/chartsift")
    parser.add_argument("--out", type=Path, default=sets.PROJECT / "target/peers")
    parser.add_argument("--rounds", type=int, default=5, help="for text; the median counts")
    parser.add_argument("--scan-rounds", type=int, default=1)
    parser.add_argument("--no-own", action="store_true", help="only the SET_DIRs")
    parser.add_argument("--no-text", action="store_true")
    parser.add_argument("--no-scans", action="store_true")
    parser.add_argument("--scan-files", type=int, default=None, metavar="N", help="no more than N files with scans of each set")
    arguments = parser.parse_args()
    ours = arguments.ours.resolve()
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        named = {path.name: sets.folder(path) for path in arguments.sets}
        if not arguments.no_own:
            named = {"corpus": sets.corpus(), "varied text": make_text.files(scratch / "text")} | named
        for name, files in named.items():
            texts, results = {}, defaultdict(lambda: defaultdict(tools.Cost))
            whole = [file for file in files if file.all_text]
            if whole and not arguments.no_text:
                tool_list = [tool for tool in tools.text_tools(ours) if tool.here()]
                long = scratch / "long.pdf"
                long_pages = long_file(whole, long)
                jobs = [(name, tool_list, file.path) for file in whole] + [(f"{name}, long", tool_list, long)]
                rounds(jobs, arguments.rounds, scratch, results, texts)
                report_text(report, name, whole, results, texts, tool_list, long_pages)
            scans = [file for file in files if file.has_scan][: arguments.scan_files]
            if scans and not arguments.no_scans:
                key = f"{name}, scans"
                tool_list = [tool for tool in tools.scan_tools(ours) if tool.here()]
                jobs, readings = [], {}
                for at, file in enumerate(scans):
                    # Peers that take PDFs alone get the pictures of other files in one.
                    as_pdf = file.path if file.path.suffix == ".pdf" else to_pdf(file.path, scratch / f"{at}.pdf")
                    readings |= {(tool.name, file.path): file.path if tool is tool_list[0] else as_pdf for tool in tool_list}
                    for path in dict.fromkeys((file.path, as_pdf)):
                        jobs.append((key, [tool for tool in tool_list if readings[tool.name, file.path] == path], path))
                rounds(jobs, arguments.scan_rounds, scratch, results, texts)
                for (tool, path), read in readings.items():
                    texts[key, tool, path] = texts[key, tool, read]
                report_scans(report, name, key, scans, results, texts, tool_list)
                report_threads(report, name, scans, ours, scratch)
    report.write(arguments.out)
    print(report.markdown.getvalue())


def to_pdf(path: Path, target: Path) -> Path:
    target.write_bytes(img2pdf.convert(str(path), rotation=img2pdf.Rotation.ifvalid))
    return target


if __name__ == "__main__":
    main()
