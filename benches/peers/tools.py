"""Ours and the peers: how each is called, and what a call costs."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# One thread each, whatever a tool would take by itself.
ENVIRONMENT = os.environ | {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Tool:
    """A program that reads a file; `{in}` and `{out}` of its command are a file and an empty folder."""

    name: str
    command: tuple[str, ...]
    text: str = "-"  # where the text is afterwards: standard output, or a file of the folder
    needs: str = ""  # the program without which it is left out

    def here(self) -> bool:
        return not self.needs or shutil.which(self.needs) is not None


@dataclass
class Cost:
    """What a call, or several, took."""

    cpu: float = 0.0  # seconds of user and system time, of the program and all it started
    wall: float = 0.0  # seconds
    rss: float = 0.0  # MiB, of the largest process

    def add(self, other: "Cost"):
        self.cpu += other.cpu
        self.wall += other.wall
        self.rss = max(self.rss, other.rss)


PYMUPDF = "import sys, pymupdf\nfor page in pymupdf.open(sys.argv[1]): print(page.get_text(), end='\\f')"
# Pictures one by one, as whoever scripts Tesseract does it.
TESSERACT = (
    'pdftoppm -r 300 -gray "$0" "$1/page" && for page in "$1"/page*; do '
    'tesseract "$page" stdout 2>/dev/null; done'
)
# What the result's own reader says: the pages that had text keep it and are not in the sidecar.
OCRMYPDF = 'set -e; out="$1"; in="$0"; shift; {python} -m ocrmypdf -q --jobs 1 --skip-text "$@" "$in" "$out/done.pdf" || [ -s "$out/done.pdf" ]; pdftotext -raw "$out/done.pdf" -'


def text_tools(ours: Path) -> list[Tool]:
    """For PDFs that have text."""
    return [
        Tool("chartsift", (str(ours), "text", "{in}")),
        Tool("pdftotext", ("pdftotext", "{in}", "-"), needs="pdftotext"),
        Tool("PyMuPDF", (sys.executable, "-c", PYMUPDF, "{in}")),
    ]


def scan_tools(ours: Path) -> list[Tool]:
    """For scans."""
    ocrmypdf = ("sh", "-c", OCRMYPDF.replace("{python}", sys.executable), "{in}", "{out}")
    return [
        Tool("chartsift", (str(ours), "text", "{in}")),
        Tool("chartsift --ocr-engine tesseract", (str(ours), "text", "--ocr-engine", "tesseract", "{in}")),
        Tool("OCRmyPDF", ocrmypdf, needs="tesseract"),
        Tool(
            "OCRmyPDF --deskew --clean --rotate-pages",
            (*ocrmypdf, "--deskew", "--clean", "--rotate-pages"),
            needs="unpaper",
        ),
        Tool("Tesseract at 300 dpi", ("sh", "-c", TESSERACT, "{in}", "{out}"), needs="tesseract"),
    ]


def call(tool: Tool, file: Path, out: Path) -> tuple[str, Cost, bool]:
    """Runs a tool on a file: its text, what it took, and whether it came to a good end."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [part.replace("{in}", str(file)).replace("{out}", str(out)) for part in tool.command]
    printed = out.with_suffix(".txt")
    began = time.perf_counter()
    with printed.open("wb") as stdout:
        process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        # The only count of what a child used that holds its own children too.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    text = printed if tool.text == "-" else out / tool.text
    read = text.read_text("utf-8", errors="replace") if text.exists() else ""
    return read, Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024), process.returncode == 0
