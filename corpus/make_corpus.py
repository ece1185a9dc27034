#!/usr/bin/env python3
"""Renders the invented packets under packets/ to the files of faxes/ and makes the broken ones of hostile/.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python make_corpus.py

Reads   packets/<case_id>/*.txt and expected.json (written by hand).
Writes  faxes/, hostile/, manifest.csv (what `chartsift run --manifest` takes) and pages.csv (which text stands on which page).

The same texts give the same bytes: every random number comes from a seed made of the file's name and page.
Fonts: Liberation and DejaVu (Debian: fonts-liberation, fonts-dejavu-core).
"""

import csv
import io
import json
import random
import re
import shutil
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import img2pdf
import numpy as np
import pikepdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

HERE = Path(__file__).resolve().parent
FONTS = Path("/usr/share/fonts/truetype")
LETTER = (612.0, 792.0)  # points
MARGIN = 48.0
DRAW_DPI = 408  # pages are drawn large and then brought down to what a fax machine sends
FAX_WIDTH = 1728  # pixels, the standard fax line: 204 dots an inch
FAX_HEIGHT = {"fine": 2156, "standard": 1078, "destroyed": 1078}  # 196 and 98 lines an inch
SYNTHETIC = "SYNTHETIC RECORD - NOT A REAL PATIENT"


# ---------------------------------------------------------------- what to make


@dataclass(frozen=True)
class Style:
    """How a text is typeset."""

    regular: str
    bold: str
    size: float  # points
    leading: float  # of the size
    column: float  # points a character column of a table takes, of the size


STYLES = {
    "mono": Style("liberation/LiberationMono-Regular.ttf", "liberation/LiberationMono-Bold.ttf", 10, 1.25, 0.6),
    "mono-large": Style("liberation/LiberationMono-Regular.ttf", "liberation/LiberationMono-Bold.ttf", 12, 1.2, 0.6),
    "sans": Style("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf", 11, 1.3, 0.56),
    "sans-wide": Style("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf", 11, 1.6, 0.56),
    "serif": Style("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Bold.ttf", 12, 1.22, 0.5),
    "serif-wide": Style("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Bold.ttf", 12, 1.6, 0.5),
    "unicode": Style("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", 10, 1.35, 0.6),
}


@dataclass(frozen=True)
class Part:
    """One text of a packet and the way its pages reach us."""

    text: str  # file stem
    style: str
    way: str  # text | fine | standard | destroyed | jpeg
    turn: str = ""  # upside-down | sideways (both as pixels) | rotate-key (turned pixels, put right by /Rotate)


P = Part
BLANK = "(blank)"  # the empty back of a sheet
# output file -> its parts in order; the folder is the case
PLAN = {
    "unclear-buttock-pain/consultation.pdf": [P("01-consultation", "serif-wide", "fine")],
    "unclear-buttock-pain/emg-report.pdf": [P("02-emg-report", "mono", "fine")],
    "unclear-buttock-pain/request-form.pdf": [P("03-request-form", "mono-large", "standard")],
    "complete-therapeutic/records.pdf": [
        P("01-office-visit", "sans-wide", "text"),
        P("02-procedure-note", "serif", "text"),
        P("03-therapy-discharge", "mono", "text"),
        P("04-request-form", "unicode", "text"),
    ],
    "crest-sign-negative/visit.pdf": [P("01-template-visit", "mono", "fine")],
    "first-test-block/packet.pdf": [
        P("00-cover-sheet", "sans", "standard"),
        P("01-letter", "serif", "text"),
        P("02-medication-table", "sans", "text"),
        P("03-therapy-discharge", "mono", "fine"),
    ],
    "side-conflict/followup.pdf": [P("01-followup", "mono", "fine")],
    "side-conflict/procedure-note.pdf": [P("02-procedure-note", "serif", "standard")],
    "side-conflict/request-form.pdf": [P("03-request-form", "mono-large", "text")],
    "relief-equivocal/fax.pdf": [
        P("01-progress-note", "sans", "fine", "upside-down"),
        P("02-procedure-note", "serif", "fine"),
    ],
    "si-joint-request/progress-note.pdf": [P("01-progress-note", "sans", "text")],
    "si-joint-request/request-form.pdf": [P("02-request-form", "mono", "fine", "sideways")],
    "genicular-request/letter.jpg": [P("01-clinic-letter", "serif", "jpeg")],
    "bare-order/order.pdf": [P("01-visit-and-order", "sans", "standard")],
    "home-program-only/fax.tif": [
        P("01-visit", "sans", "fine"),
        P(BLANK, "sans", "fine"),
        P("02-procedure-note", "serif", "fine"),
    ],
    "drugs-not-tolerated/consultation.pdf": [P("01-consultation", "sans", "text")],
    "many-failed-injections/letter.pdf": [P("01-letter", "sans", "fine")],
    "unreadable-page/fax.pdf": [P("01-office-visit", "sans", "fine"), P("02-therapy-discharge", "mono", "destroyed")],
    "standing-series/letter.pdf": [P("01-letter", "serif", "text")],
    "emg-elsewhere/consultation.pdf": [P("01-consultation", "serif", "text")],
    "emg-elsewhere/emg-report.tif": [P("02-emg-report", "mono-large", "standard")],
    "pudendal-question/consultation.pdf": [P("01-pelvic-consult", "sans", "fine", "rotate-key")],
    "steroid-in-test-block/visit.pdf": [P("01-office-visit", "serif", "fine")],
    "steroid-in-test-block/procedure-note.pdf": [P("02-procedure-note", "sans", "jpeg")],
    "second-test-block/visit.pdf": [P("01-visit", "sans", "text")],
    "carried-forward/fax.pdf": [
        P("01-visit-2025-06-02", "sans", "standard"),
        P("02-visit-2025-12-01", "sans", "fine"),
    ],
    "failed-test-block/visit.pdf": [P("01-visit", "serif", "fine")],
    "early-request/first-visit.pdf": [P("01-first-visit", "mono-large", "text")],
}


def seeded(*parts) -> random.Random:
    """A random number generator that depends on nothing but `parts`."""
    return random.Random(zlib.crc32("/".join(map(str, parts)).encode()))


# ---------------------------------------------------------------- typesetting


@dataclass(frozen=True)
class Run:
    """Words on a page; `y` is the baseline from the top, in points. Without text, a rule across the page."""

    x: float
    y: float
    text: str
    bold: bool = False


@lru_cache(None)
def pdf_font(path: str) -> str:
    name = Path(path).stem
    pdfmetrics.registerFont(TTFont(name, str(FONTS / path)))
    return name


def width(text: str, style: Style, bold: bool) -> float:
    return pdfmetrics.stringWidth(text, pdf_font(style.bold if bold else style.regular), style.size)


def wrap(words: list[str], style: Style, bold: bool, room: float) -> list[str]:
    lines, line = [], ""
    for word in words:
        longer = f"{line} {word}".strip()
        if line and width(longer, style, bold) > room:
            lines.append(line)
            longer = word
        line = longer
    return lines + [line]


def cells(line: str) -> list[tuple[int, str]]:
    """The cells of a table line with the character column that each starts in."""
    return [(m.start(), m.group()) for m in re.finditer(r"\S+(?: \S+)*", line)]


def typeset(text: str, style: Style) -> list[list[Run]]:
    """Pages of runs. Lines with wide gaps or an indent keep their columns, others are wrapped."""
    room = LETTER[0] - 2 * MARGIN
    step = style.size * style.leading
    pages, y = [[]], MARGIN + style.size

    def down(amount: float):
        nonlocal y
        y += amount
        if y > LETTER[1] - MARGIN:
            pages.append([])
            y = MARGIN + style.size

    for line in text.splitlines():
        bold = line.isupper() and "[" not in line and len(line) < 70
        if not line.strip():
            down(step * 0.6)
        elif re.fullmatch(r"[-=]{10,}", line.strip()):
            pages[-1].append(Run(MARGIN, y - style.size * 0.3, ""))
            down(step)
        elif re.search(r"\S {2,}\S|^ ", line):
            end = MARGIN
            for column, cell in cells(line):
                x = max(MARGIN + column * style.size * style.column, end)
                pages[-1].append(Run(x, y, cell, bold))
                end = x + width(cell, style, bold) + style.size
            assert end - style.size <= LETTER[0] - 12, f"too wide: {line}"
            down(step)
        else:
            for wrapped in wrap(line.split(), style, bold, room):
                pages[-1].append(Run(MARGIN, y, wrapped, bold))
                down(step)
    return [page for page in pages if page] or [[]]


def text_layer(pages: list[list[Run]], style: Style) -> bytes:
    out = io.BytesIO()
    c = canvas.Canvas(out, pagesize=LETTER, invariant=1)
    c.setTitle(SYNTHETIC)
    for page in pages:
        for run in page:
            y = LETTER[1] - run.y
            if not run.text:
                c.setLineWidth(0.7)
                c.line(MARGIN, y, LETTER[0] - MARGIN, y)
                continue
            c.setFont(pdf_font(style.bold if run.bold else style.regular), style.size)
            c.drawString(run.x, y, run.text)
        c.showPage()
    c.save()
    return out.getvalue()


@lru_cache(None)
def picture_font(path: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / path), pixels, layout_engine=ImageFont.Layout.BASIC)


def picture(page: list[Run], style: Style) -> Image.Image:
    """The page in grey at DRAW_DPI."""
    scale = DRAW_DPI / 72
    image = Image.new("L", (round(LETTER[0] * scale), round(LETTER[1] * scale)), 255)
    draw = ImageDraw.Draw(image)
    for run in page:
        at = (run.x * scale, run.y * scale)
        if run.text:
            font = picture_font(style.bold if run.bold else style.regular, round(style.size * scale))
            draw.text(at, run.text, fill=0, font=font, anchor="ls")
        else:
            draw.line([at, ((LETTER[0] - MARGIN) * scale, at[1])], fill=0, width=4)
    return image


# ---------------------------------------------------------------- what fax machines and scanners do


def speckle(image: Image.Image, rng: random.Random, dots: int) -> Image.Image:
    """Dust: small black dots, and white ones that nibble at the print."""
    draw = ImageDraw.Draw(image)
    for _ in range(dots):
        x, y = rng.randrange(image.width), rng.randrange(image.height)
        draw.rectangle([x, y, x + rng.randrange(2), y + rng.randrange(2)], fill=255 if rng.random() < 0.3 else 0)
    return image


def fax_header(image: Image.Image, text: str) -> Image.Image:
    """The line that the sending machine prints across the top; it is never askew."""
    strip = Image.new("L", (FAX_WIDTH * 2, 68), 255)
    ImageDraw.Draw(strip).text((120, 50), text, fill=0, font=picture_font("liberation/LiberationMono-Bold.ttf", 44), anchor="ls")
    strip = strip.resize((FAX_WIDTH, round(34 * image.height / FAX_HEIGHT["fine"])), Image.Resampling.BOX)
    image.paste(strip.point(lambda v: 255 if v > 140 else 0), (0, 4))
    return image


def fax(page: Image.Image, part: Part, header: str, rng: random.Random) -> Image.Image:
    """A page as a receiving fax machine stores it: black and white, with pixels that are not square."""
    page = page.rotate(rng.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor=255)
    if part.way == "destroyed":
        # The sheet slipped and smeared while it was read: ink is left, letters are not.
        page = page.filter(ImageFilter.GaussianBlur(26))
        page = page.point(lambda v: 0 if v < 236 else 255)
    page = page.resize((FAX_WIDTH, FAX_HEIGHT[part.way]), Image.Resampling.BOX)
    page = page.point(lambda v: 255 if v > 150 else 0)
    page = speckle(page, rng, 160 if part.way == "fine" else 80)
    if part.way == "destroyed":
        draw = ImageDraw.Draw(page)
        for _ in range(260):
            x, y = rng.randrange(FAX_WIDTH), rng.randrange(60, FAX_HEIGHT[part.way])
            draw.line([x, y, x + rng.randrange(40, 400), y], fill=rng.choice([0, 255]), width=rng.randrange(1, 4))
    if part.turn == "upside-down":
        # Fed in upside down: the machine's own header still stands upright at the top.
        page = page.transpose(Image.Transpose.ROTATE_180)
    if part.text != BLANK:
        page = fax_header(page, header)
    if part.turn == "sideways":
        page = page.transpose(Image.Transpose.ROTATE_270)  # clockwise
    if part.turn == "rotate-key":
        page = page.transpose(Image.Transpose.ROTATE_90)  # counterclockwise
    return page.convert("1", dither=Image.Dither.NONE)


def scan(page: Image.Image, rng: random.Random) -> Image.Image:
    """A grey office scan at 150 dots an inch: uneven light, sensor noise, slightly askew."""
    page = page.rotate(rng.uniform(-0.7, 0.7), Image.Resampling.BICUBIC, fillcolor=255)
    page = page.resize((1275, 1650), Image.Resampling.BOX)
    grey = np.asarray(page, dtype=np.float32)
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, 4, grey.shape)
    light = np.linspace(-3, 9, grey.shape[1])[None, :]
    return Image.fromarray(np.clip(24 + grey * 0.86 + light + noise, 0, 255).astype(np.uint8))


def image_pdf(image: Image.Image, turn: str) -> bytes:
    out = io.BytesIO()
    if image.mode == "1":
        image.save(out, "PNG")  # img2pdf stores it as CCITT group 4
    else:
        image.save(out, "JPEG", quality=60)
    size = LETTER[::-1] if turn in ("sideways", "rotate-key") else LETTER
    # `size` and not the resolution says how large the page is: fax pixels are not square.
    return img2pdf.convert(out.getvalue(), layout_fun=lambda *_: (*size, *size), nodate=True)


# ---------------------------------------------------------------- files


def read_text(case: str, part: Part) -> str:
    return "" if part.text == BLANK else (HERE / "packets" / case / f"{part.text}.txt").read_text("utf-8")


@dataclass(frozen=True)
class Page:
    """One page of a file, before it is drawn."""

    part: Part
    at: int  # which page of its text, from 0
    runs: list[Run]
    header: str  # what the fax machine prints across the top; empty where there is none

    @property
    def words(self) -> str:
        """What is printed in the order it is read, without the fax machine's line; nothing where it was smeared away."""
        if self.part.way == "destroyed":
            return ""
        lines = {}
        for run in self.runs:
            lines.setdefault(run.y, []).append(run.text)
        return "\n".join(" ".join(filter(None, texts)) for texts in lines.values())


def lay_out(path: str, parts: list[Part]) -> list[Page]:
    """The pages of one file of faxes/."""
    case = path.split("/")[0]
    typeset_parts = [(part, typeset(read_text(case, part), STYLES[part.style])) for part in parts]
    total = sum(len(pages) for part, pages in typeset_parts if part.way not in ("text", "jpeg"))
    sent = json.loads((HERE / "packets" / case / "expected.json").read_text("utf-8"))["as_of"]
    year, month, day = sent.split("-")
    clock = f"{8 + zlib.crc32(case.encode()) % 9:02}:{zlib.crc32(path.encode()) % 60:02}"
    laid, number = [], 0
    for part, pages in typeset_parts:
        for at, runs in enumerate(pages):
            header = ""
            if part.way not in ("text", "jpeg"):
                number += 1
                header = f"{month}/{day}/{year} {clock}   FROM: TEST CLINIC   555-0199   P.{number:02}/{total:02}"
            laid.append(Page(part, at, runs, header))
    return laid


def make_file(path: str, parts: list[Part]) -> list[dict]:
    """Writes one file of faxes/ and returns its rows for pages.csv."""
    case = path.split("/")[0]
    rows, images, pdf = [], [], pikepdf.new()
    for part, pages in groupby(lay_out(path, parts), key=lambda page: page.part):
        pages = list(pages)
        if part.way == "text":
            with pikepdf.open(io.BytesIO(text_layer([page.runs for page in pages], STYLES[part.style]))) as made:
                pdf.pages.extend(made.pages)
        for page in pages:
            document = "" if part.text == BLANK else f"{part.text}.txt"
            place = dict(path=f"faxes/{path}", page=len(rows) + 1)
            rows.append(place | dict(case_id=case, document=document, way=part.way, turn=part.turn))
            if part.way == "text":
                continue
            rng = seeded(path, part.text, page.at)
            image = picture(page.runs, STYLES[part.style])
            image = scan(image, rng) if part.way == "jpeg" else fax(image, part, page.header, rng)
            images.append(image)
            if path.endswith(".pdf"):
                with pikepdf.open(io.BytesIO(image_pdf(image, part.turn))) as made:
                    if part.turn == "rotate-key":
                        made.pages[0].Rotate = 90
                    pdf.pages.extend(made.pages)
    target = HERE / "faxes" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.endswith(".tif"):
        write_tiff(target, images)
    elif path.endswith(".jpg"):
        images[0].save(target, "JPEG", quality=60, dpi=(150, 150))
    else:
        pdf.save(target, deterministic_id=True)
    return rows


def write_tiff(target: Path, images: list[Image.Image]):
    """Group 4 for fine pages and one-dimensional group 3 for standard ones, as fax servers do."""
    fine = images[0].height == FAX_HEIGHT["fine"]
    options = dict(compression="group4" if fine else "group3", dpi=(204, 196 if fine else 98))
    images[0].save(target, "TIFF", save_all=True, append_images=images[1:], **options)


def make_hostile(folder: Path):
    """Files that nobody can read; each must end as a row of problems.csv and stop nothing else."""
    folder.mkdir()
    style = STYLES["sans"]
    good = text_layer(typeset(SYNTHETIC, style), style)
    rng = seeded("hostile")
    (folder / "truncated.pdf").write_bytes(good[: len(good) // 3])
    (folder / "zero-bytes.pdf").write_bytes(b"")
    (folder / "text-renamed.pdf").write_text(f"{SYNTHETIC}\nThis is a text file with the wrong ending.\n", "utf-8")
    (folder / "random-bytes.pdf").write_bytes(rng.randbytes(4000))
    (folder / "broken-picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + rng.randbytes(2000))
    with pikepdf.open(io.BytesIO(good)) as pdf:
        # RC4, because newer ciphers salt the file at random and it would differ from run to run.
        lock = pikepdf.Encryption(user="secret", owner="secret too", R=3, aes=False, metadata=False)
        pdf.save(folder / "password.pdf", encryption=lock, static_id=True)
    with pikepdf.new() as pdf:
        pdf.save(folder / "no-pages.pdf", deterministic_id=True)
    page = fax(picture(typeset(SYNTHETIC, style)[0], style), P("", "sans", "fine"), "TEST CLINIC P.01/01", rng)
    write_tiff(folder / "half.tif", [page])
    whole = (folder / "half.tif").read_bytes()
    (folder / "half.tif").write_bytes(whole[: len(whole) // 2])


def write_csv(path: Path, rows: list[dict]):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    for name in ("faxes", "hostile"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    planned = {(path.split("/")[0], part.text) for path, parts in PLAN.items() for part in parts if part.text != BLANK}
    written = {(text.parent.name, text.stem) for text in (HERE / "packets").glob("*/*.txt")}
    assert planned == written, f"plan and packets differ: {sorted(planned ^ written)}"
    manifest, pages = [], []
    for path, parts in PLAN.items():
        pages += make_file(path, parts)
        expected = json.loads((HERE / "packets" / path.split("/")[0] / "expected.json").read_text("utf-8"))
        row = dict(case_id=expected["case_id"], path=f"faxes/{path}", as_of=expected["as_of"], cpt=expected["request"]["cpt"])
        manifest.append(row)
    write_csv(HERE / "manifest.csv", manifest)
    write_csv(HERE / "pages.csv", pages)
    make_hostile(HERE / "hostile")
    files = [f for name in ("faxes", "hostile") for f in (HERE / name).rglob("*") if f.is_file()]
    print(f"{len(files)} files, {len(pages)} pages, {sum(f.stat().st_size for f in files) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
