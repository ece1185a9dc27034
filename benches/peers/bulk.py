#!/usr/bin/env python3
"""Makes a set of as many documents as one likes from corpus/, for runs of a night's size.

    python3 benches/peers/bulk.py FOLDER [--documents 500] [--only text|scans|notes]

    scans   the PDFs of which some page has no text, as they are
    text    packets of several pages, as clinics send them: the PDFs that have text on every page, joined in ever another order
    notes   the plain texts, as they are

Without --only they come in turn, in the shares of TURNS: 500 documents have some 2,000 pages. Each document has a remark after its
end, so that no two have the same content; the same number gives the same bytes.
"""

import argparse
import random
import subprocess
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "corpus"

# Packets have the pages, scans take the time: three in eleven are some 180 pages of OCR in 500 documents.
TURNS = ["text", "scans", "text", "notes", "text", "scans", "text", "notes", "text", "scans", "notes"]
# Pages that a packet has at least; its last document may bring more.
PACKET = range(4, 10)


def pages_with_text(pdf: Path) -> list[bool]:
    """Of each page, whether it has text of its own."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True).stdout
    return [len(page.strip()) > 300 for page in text.split("\f")[:-1]]


def join(pdfs: list[tuple[Path, int]], number: int, packet: Path) -> None:
    """Writes the packet of that number. No document is in it twice: a sheet that comes again is a problem of its own."""
    dice = random.Random(number)
    least = PACKET[int(dice.random() * len(PACKET))]
    chosen, pages = [], 0
    for pdf, count in sorted(pdfs, key=lambda _: dice.random()):
        if pages < least:
            chosen.append(str(pdf))
            pages += count
    # With an identifier made from the content the bytes are the same every time.
    subprocess.run(["qpdf", "--deterministic-id", "--empty", str(packet), "--pages", *chosen, "--"], check=True)


def make(folder: Path, documents: int, only: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    faxes = {path: pages_with_text(path) for path in sorted((CORPUS / "faxes").rglob("*.pdf"))}
    texts = [(path, len(pages)) for path, pages in faxes.items() if pages and all(pages)]
    whole = {
        "scans": sorted(faxes.keys() - {path for path, _ in texts}),
        "notes": sorted((CORPUS / "packets").rglob("*.txt")),
    }
    made = dict.fromkeys(TURNS, 0)
    for number in range(documents):
        kind = only or TURNS[number % len(TURNS)]
        if kind == "text":
            document = folder / f"{number:06d}-packet.pdf"
            join(texts, made[kind], document)
        else:
            source = whole[kind][made[kind] % len(whole[kind])]
            document = folder / f"{number:06d}-{source.parent.name}-{source.name}"
            document.write_bytes(source.read_bytes())
        made[kind] += 1
        with document.open("a") as file:
            file.write(f"\nCopy {number}.\n" if kind == "notes" else f"\n% copy {number}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--only", choices=["text", "scans", "notes"])
    args = parser.parse_args()
    make(args.folder, args.documents, args.only)


if __name__ == "__main__":
    main()
