#!/usr/bin/env python3
"""Makes a set of as many documents as one likes from corpus/, for runs of a night's size.

    python3 benches/peers/bulk.py FOLDER [--documents 500] [--only text|scans|notes]

Each document is one of the corpus with a remark after its end, so that no two have the same content. With --only text they are
the PDFs that have text on every page, with scans the others, with notes the plain texts.
"""

import argparse
import subprocess
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def has_text(pdf: Path) -> bool:
    """Whether every page has text of its own."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True).stdout
    pages = text.split("\f")[:-1]
    return bool(pages) and all(len(page.strip()) > 300 for page in pages)


def seeds(only: str | None) -> list[Path]:
    notes = sorted((CORPUS / "packets").rglob("*.txt"))
    faxes = sorted((CORPUS / "faxes").rglob("*.pdf"))
    if only == "notes":
        return notes
    if only:
        return [fax for fax in faxes if has_text(fax) == (only == "text")]
    return faxes + notes


def make(folder: Path, documents: int, only: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sources = [(path, path.read_bytes()) for path in seeds(only)]
    for number in range(documents):
        path, content = sources[number % len(sources)]
        remark = f"\nCopy {number}.\n" if path.suffix == ".txt" else f"\n% copy {number}\n"
        name = f"{number:06d}-{path.parent.name}-{path.name}"
        (folder / name).write_bytes(content + remark.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--only", choices=["text", "scans", "notes"])
    args = parser.parse_args()
    make(args.folder, args.documents, args.only)


if __name__ == "__main__":
    main()
