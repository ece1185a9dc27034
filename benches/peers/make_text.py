"""Invented PDFs that have text, each with another way of setting it, and their words in the order they are read.

    python3 benches/peers/make_text.py FOLDER      writes them, with manifest.jsonl, to look at

The order is that of a reader: prose column by column, a table row by row with the lines of a cell together, a box of a form from its
label to its value, blocks that stand beside each other one after the other.
"""

import io
import json
import random
import sys
from pathlib import Path

import pikepdf
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

import sets

WIDTH, HEIGHT = letter
LEFT = 54
FONTS = Path("/usr/share/fonts/truetype")
EMBEDDED = {
    "sans": "liberation/LiberationSans-Regular.ttf",
    "serif": "liberation/LiberationSerif-Regular.ttf",
    "mono": "liberation/LiberationMono-Regular.ttf",
    "unicode": "dejavu/DejaVuSans.ttf",
}
SUBJECTS = "The patient|Pain|Numbness|The left buttock|Tenderness|Sitting|The block|Physical therapy|Gabapentin|Straight leg raise".split("|")
VERBS = "reports|was noted over|is worse with|improved after|did not change with|radiates toward|was tried for|is denied since".split("|")
OBJECTS = (
    "the posterior iliac crest|8 weeks of supervised exercise|prolonged sitting and driving|the second injection on 03/14/2025|"
    "300 mg three times daily|the L5-S1 facet joint|a score of 7/10 on most days|the thigh, not below the knee|0.5% bupivacaine 2 mL"
).split("|")
DRUGS = [
    ("Gabapentin", "600 mg", "three times daily", "11/2024", "no benefit"),
    ("Duloxetine (Example Brand)", "60 mg", "once daily in the morning with food", "03/2025", "stopped for nausea after two weeks"),
    ("Naproxen", "500 mg", "twice daily", "07/2024", "partial benefit"),
    ("Lidocaine 5% patch", "1 patch", "12 hours on, 12 hours off", "01/2025", "rash"),
    ("Cyclobenzaprine", "10 mg", "at bedtime as needed for spasm", "02/2025", "drowsy, stopped"),
    ("Ibuprofen", "800 mg", "every 8 hours", "05/2024", "none"),
]


def sentences(rng: random.Random, count: int) -> str:
    return " ".join(f"{rng.choice(SUBJECTS)} {rng.choice(VERBS)} {rng.choice(OBJECTS)}." for _ in range(count))


class Sheet:
    """A file being drawn; `say` keeps the words in the order they are said."""

    def __init__(self):
        self.out = io.BytesIO()
        self.c = canvas.Canvas(self.out, pagesize=letter, invariant=1)
        self.pages, self.words = [], []

    def font(self, name: str, size: float) -> "Sheet":
        if name in EMBEDDED and name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(FONTS / EMBEDDED[name])))
        self.name, self.size = name, size
        self.c.setFont(name, size)
        return self

    def wide(self, text: str) -> float:
        return pdfmetrics.stringWidth(text, self.name, self.size)

    def say(self, x: float, y: float, text: str, heard: str | None = None):
        """Draws at a place from the top left; `heard` is what it reads as where that differs."""
        self.c.drawString(x, HEIGHT - y, text)
        self.words.append(text if heard is None else heard)

    def wrap(self, text: str, room: float) -> list[str]:
        lines, line = [], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and self.wide(longer) > room:
                lines.append(line)
                longer = word
            line = longer
        return [*lines, line]

    def prose(self, x: float, y: float, text: str, room: float, leading: float = 1.25) -> float:
        for line in self.wrap(text, room):
            self.say(x, y, line)
            y += self.size * leading
        return y

    def rule(self, x0, y0, x1, y1):
        self.c.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def box(self, x, y, w, h):
        self.c.rect(x, HEIGHT - y - h, w, h)

    def turn(self):
        self.pages.append(" ".join(self.words))
        self.words = []
        self.c.showPage()

    def done(self) -> bytes:
        self.c.save()
        return self.out.getvalue()


def fonts(s: Sheet, rng):
    for name in ("Helvetica", "Times-Roman", "Courier", "sans", "serif", "mono", "unicode"):
        y = s.font(name, 14).prose(LEFT, 60, "PROGRESS NOTE", 500)
        for size in (7, 8.5, 10, 12):
            y = s.font(name, size).prose(LEFT, y + 14, sentences(rng, 7), 500, rng.choice([1.1, 1.25, 1.6]))
        s.turn()


def columns(s: Sheet, rng):
    for drift in (0, 5):
        y = s.font("Helvetica-Bold", 14).prose(LEFT, 60, "CONSULTATION", 500)
        s.font("Times-Roman", 10)
        y = s.prose(LEFT, y + 6, sentences(rng, 3), 500)
        s.prose(LEFT, y + 14, sentences(rng, 30), 235)
        s.prose(LEFT + 262, y + 14 + drift, sentences(rng, 27), 235)
        s.turn()


def demographics(s: Sheet, rng):
    for name, boxed in (("Helvetica", False), ("serif", True)):
        s.font(name, 10)
        pairs = [
            ("Patient:", "TEST, PATIENT 1234", "Date of birth:", "01/01/1900"),
            ("MRN:", "T0001234", "Sex:", "F"),
            ("Address:", "1 Example Street", "Phone:", "555-0123"),
            ("Referring provider:", "Provider 12, MD", "Insurance:", "Example Health Plan"),
            ("Visit date:", "02/11/2025", "Location:", "Test Spine Clinic"),
        ]
        if boxed:
            s.box(LEFT - 4, 48, 508, 5 * 14 + 8)
        y = 60
        for row in pairs:
            for x, cell in zip((LEFT, LEFT + 100, LEFT + 270, LEFT + 360), row):
                s.say(x, y, cell)
            y += 14
        s.prose(LEFT, y + 20, sentences(rng, 25), 500)
        s.turn()


def form_boxes(s: Sheet, rng):
    y = 60
    s.font("Helvetica-Bold", 13).say(LEFT, y, "PRIOR AUTHORIZATION REQUEST")
    rows = [
        [("MEMBER NAME", "TEST, PATIENT 4321"), ("DATE OF BIRTH", "01/01/1900"), ("MEMBER ID", "T0004321")],
        [("REQUESTING PROVIDER", "Provider 9, MD"), ("TELEPHONE", "555-0133"), ("FAX", "555-0134")],
        [("CPT CODE", "64450"), ("UNITS", "1"), ("DIAGNOSIS", "G57.91")],
    ]
    y += 14
    for row in rows:
        for at, (label, value) in enumerate(row):
            x = LEFT + 168 * at
            s.box(x, y, 168, 30)
            s.font("Helvetica", 6.5).say(x + 3, y + 9, label)
            s.font("Courier", 10).say(x + 3, y + 23, value)
        y += 30
    s.font("Helvetica", 10).prose(LEFT, y + 24, sentences(rng, 22), 500)
    s.turn()


def table(s: Sheet, y: float, edges: list[float], rows, pad: float, ruled: str) -> float:
    """A table; `ruled` is which of its lines are drawn: all, rows or none."""
    leading = s.size * 1.15
    for row in rows:
        cells = [s.wrap(cell, right - left - 8) for cell, left, right in zip(row, edges, edges[1:])]
        height = max(map(len, cells)) * leading + pad
        if ruled != "none":
            s.rule(edges[0], y, edges[-1], y)
        if ruled == "all":
            for edge in edges:
                s.rule(edge, y, edge, y + height)
        for lines, left in zip(cells, edges):
            for at, line in enumerate(lines):
                s.say(left + 4, y + pad / 2 + s.size * 0.9 + at * leading, line)
        y += height
    if ruled != "none":
        s.rule(edges[0], y, edges[-1], y)
    return y


def medications(s: Sheet, rng):
    head = ("Medication", "Dose", "Taken", "From", "Result")
    edges = [LEFT, LEFT + 120, LEFT + 180, LEFT + 320, LEFT + 375, LEFT + 504]
    narrow = [LEFT, LEFT + 95, LEFT + 140, LEFT + 225, LEFT + 275, LEFT + 365]
    for name, ruled, pad, edges in (
        ("Helvetica", "none", 4, edges), ("serif", "all", 6, narrow), ("sans", "rows", 7, narrow), ("Times-Roman", "none", 9, narrow),
    ):
        s.font("Helvetica-Bold", 12).say(LEFT, 60, "CURRENT AND PAST MEDICATIONS")
        s.font(name, 9.5)
        rows = [head, *rng.sample(DRUGS, 6)]
        if edges is not narrow:
            rows = [tuple(cell.split(" (")[0][:20] for cell in row) for row in rows]
        y = table(s, 74, edges, rows, pad, ruled)
        s.prose(LEFT, y + 30, sentences(rng, 18), 500)
        s.turn()


def results(s: Sheet, rng):
    s.font("Helvetica", 9)
    y = 60
    rows = [("Nerve", "Site", "Latency (ms)", "Amplitude (mV)", "Velocity (m/s)")]
    for nerve in ("Peroneal", "Tibial", "Sural", "Superficial peroneal", "Median", "Ulnar"):
        for site in ("Ankle", "Knee"):
            rows.append((nerve, site, f"{rng.uniform(2, 9):.1f}", f"{rng.uniform(1, 14):.1f}", f"{rng.uniform(38, 60):.0f}"))
    for row in rows:
        for x, cell in zip((LEFT, 190, 280, 370, 470), row):
            s.say(x, y, cell)
        y += 11.5
    s.prose(LEFT, y + 20, sentences(rng, 20), 500)
    s.turn()


def letterhead(s: Sheet, rng):
    s.font("Times-Bold", 17).say(LEFT, 62, "EXAMPLE SPINE AND NERVE CENTER")
    s.font("Times-Roman", 10).say(LEFT, 78, "A department of Test Hospital")
    s.font("Helvetica", 8)
    for at, line in enumerate(("100 Example Avenue, Suite 2", "Tel 555-0100", "Fax 555-0101")):
        s.say(440, 54 + 9.6 * at, line)
    s.font("Times-Roman", 11)
    y = s.prose(LEFT, 130, "March 3, 2025", 500)
    s.prose(LEFT, y + 20, sentences(rng, 24), 480)
    s.say(LEFT, 700, "Electronically signed by Provider 3, MD on 03/03/2025 at 4:12 PM")
    s.turn()


def label_column(s: Sheet, rng):
    """Headings on the left that wrap, their paragraphs on the right."""
    y = 74
    s.font("Helvetica-Bold", 13).say(LEFT, 56, "PROCEDURE NOTE")
    for label in ("PREOPERATIVE DIAGNOSIS:", "POSTOPERATIVE DIAGNOSIS:", "PROCEDURE PERFORMED:", "INDICATION:", "DESCRIPTION OF PROCEDURE:"):
        text = sentences(rng, rng.choice([1, 3, 8]) if label != "INDICATION:" else 4)
        s.font("Helvetica", 10)
        y = table(s, y, [LEFT, LEFT + 105, LEFT + 500], [(label, text)], 6, "all")
    s.turn()


def turned(s: Sheet, rng):
    """Landscape, and lines that run up the page."""
    s.c.setPageSize((HEIGHT, WIDTH))
    s.font("Helvetica", 11)
    for at, line in enumerate(s.wrap(sentences(rng, 30), 680)):
        s.c.drawString(LEFT, WIDTH - 60 - 14 * at, line)
        s.words.append(line)
    s.turn()
    s.c.setPageSize(letter)
    s.c.translate(WIDTH, 0)
    s.c.rotate(90)
    s.font("Times-Roman", 11)
    for at, line in enumerate(s.wrap(sentences(rng, 30), 680)):
        s.c.drawString(LEFT, WIDTH - 60 - 14 * at, line)
        s.words.append(line)
    s.turn()


def justified(s: Sheet, rng):
    """Lines stretched to one width, letters set apart or close, words placed without spaces between them."""
    s.font("serif", 11)
    lines, y = s.wrap(sentences(rng, 16), 480), 60
    for line in lines:
        words = line.split()
        gap = (480 - sum(map(s.wide, words))) / max(1, len(words) - 1) if line is not lines[-1] else s.wide(" ")
        x = LEFT
        for word in words:
            s.c.drawString(x, HEIGHT - y, word)
            x += s.wide(word) + gap
        s.words.append(line)
        y += 14
    for name, space in (("Helvetica", 0.5), ("Times-Roman", -0.25), ("Helvetica", 0.9)):
        s.font(name, 11)
        for line in s.wrap(sentences(rng, 5), 430):
            text = s.c.beginText(LEFT, HEIGHT - y)
            text.setCharSpace(space)
            text.textOut(line)
            s.c.drawText(text)
            s.words.append(line)
            y += 14
    s.c._code.append("0 Tc")
    s.turn()


def odd_letters(s: Sheet, rng):
    """Ligatures, soft hyphens, raised figures, bullets, boxes, type drawn twice."""
    s.font("unicode", 10)
    y = 60
    for printed, heard in (
        ("The \ufb01rst o\ufb03ce visit: di\ufb00use pain, con\ufb02icting \ufb01ndings.", "The first office visit: diffuse pain, conflicting findings."),
        ("Bilateral radicu\u00ad", "Bilateral radicu-"),
        ("lopathy, unspeci\u00adfied, at L4-5.", "lopathy, unspecified, at L4-5."),
        ("\u2022 Pain 7/10 \u2013 worse at night", None),
        ("\u2610 Right   \u2612 Left   \u2610 Bilateral", "\u2610 Right \u2612 Left \u2610 Bilateral"),
        ("\u2265 50 % relief, 37.2 \u00b0C, \u00b15 mm, na\u00efve, \u00bd tablet, 5 \u00b5g", None),
        ("\u201cburning\u201d and \u2018electric\u2019 pain\u2026", None),
    ):
        s.say(LEFT, y, printed, heard)
        y += 16
    s.font("Helvetica", 11).say(LEFT, y, "Body mass index 31.2 kg/m", "Body mass index 31.2 kg/m2")
    s.c.setFont("Helvetica", 7)
    s.c.drawString(LEFT + s.wide("Body mass index 31.2 kg/m"), HEIGHT - y + 4, "2")
    s.font("Helvetica", 11)
    for at, mode in enumerate((2, 0)):
        # Filled and stroked at once, then filled and stroked one after the other.
        y += 20
        for part in ((2,) if mode else (0, 1)):
            text = s.c.beginText(LEFT, HEIGHT - y)
            text.setTextRenderMode(part)
            text.textOut("All allergies were accessed and addressed annually.")
            s.c.drawText(text)
        s.words.append("All allergies were accessed and addressed annually.")
    s.c._code.append("0 Tr")
    y += 20
    for offset in (0, 0.35):
        s.c.drawString(LEFT + offset, HEIGHT - y, "ASSESSMENT AND PLAN: 11 bilateral 100 mg doses")
    s.words.append("ASSESSMENT AND PLAN: 11 bilateral 100 mg doses")
    s.turn()


def beyond(s: Sheet, rng):
    """Words outside the sheet and the crop box, which nobody sees."""
    s.font("Helvetica", 10)
    s.c.drawString(-400, 300, "never seen on the left")
    s.c.drawString(100, 1200, "never seen above")
    s.c.drawString(LEFT, 20, "cropped away below")
    s.prose(LEFT, 80, sentences(rng, 30), 480)
    s.c.setCropBox((30, 60, 590, 770))
    s.turn()


def fields(s: Sheet, rng):
    """A form filled in: the values are in fields, not on the page itself."""
    s.font("Helvetica", 10)
    y = 70
    for at, (label, value) in enumerate((("Member name", "TEST, PATIENT 77"), ("Procedure code", "64450"), ("Side", "left"), ("Date of service", "04/02/2025"))):
        s.say(LEFT, y, label)
        s.c.acroForm.textfield(name=f"f{at}", value=value, x=LEFT + 120, y=HEIGHT - y - 4, width=200, height=16, fontSize=10, borderWidth=0, relative=False)
        s.words.append(value)
        y += 24
    s.prose(LEFT, y + 20, sentences(rng, 12), 480)
    s.turn()


def no_table_of_characters(made: bytes) -> bytes:
    """The same file without its fonts' ToUnicode."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font" and "/ToUnicode" in thing:
                del thing["/ToUnicode"]
        return saved(pdf)


def with_rotate(made: bytes) -> bytes:
    """Each page turned by its /Rotate, whatever stands on it."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for at, page in enumerate(pdf.pages):
            page.Rotate = (90, 180, 270)[at % 3]
        return saved(pdf)


def with_user_unit(made: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for page in pdf.pages:
            page.UserUnit = 2
        return saved(pdf)


def with_drawn_letters(made: bytes) -> bytes:
    """Its font exchanged for a Type 3 font, whose letters are drawn and named but have no table of characters."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        width = 600
        procs, names = pikepdf.Dictionary(), pikepdf.Array([33])
        for code in range(33, 127):
            name = f"/g{code}"
            procs[name] = pdf.make_stream(f"{width} 0 0 0 500 700 d1 50 0 400 {200 + 4 * code} re f".encode())
            names.append(pikepdf.Name(name))
        font = pdf.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type3, FontBBox=[0, 0, 600, 800], FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
            CharProcs=procs, Encoding=pikepdf.Dictionary(Type=pikepdf.Name.Encoding, Differences=names),
            FirstChar=32, LastChar=126, Widths=[width] * 95, Resources=pikepdf.Dictionary(),
        ))
        for page in pdf.pages:
            for key in list(page.Resources.Font.keys()):
                page.Resources.Font[key] = font
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def courier(s: Sheet, rng):
    for _ in range(2):
        s.font("Courier", 10).prose(LEFT, 60, sentences(rng, 25), 500)
        s.turn()


def three_pages(s: Sheet, rng):
    for name in ("serif", "sans", "serif"):
        s.font(name, 10).prose(LEFT, 60, sentences(rng, 25), 500)
        s.turn()


KINDS = [
    ("fonts", fonts, None), ("columns", columns, None), ("demographics", demographics, None), ("form-boxes", form_boxes, None),
    ("medications", medications, None), ("results", results, None), ("letterhead", letterhead, None), ("label-column", label_column, None),
    ("turned", turned, None), ("justified", justified, None), ("odd-letters", odd_letters, None), ("beyond", beyond, None),
    ("fields", fields, None), ("no-to-unicode", three_pages, no_table_of_characters), ("rotate-key", three_pages, with_rotate),
    ("user-unit", columns, with_user_unit), ("type-3", courier, with_drawn_letters),
]  # fmt: skip


def files(folder: Path) -> list[sets.File]:
    """Writes them; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, draw, change in KINDS:
        sheet = Sheet()
        draw(sheet, random.Random(name))
        path = folder / f"{name}.pdf"
        path.write_bytes(change(sheet.done()) if change else sheet.done())
        made.append(sets.File(path, tuple(sets.Page("text", name, words) for words in sheet.pages)))
    return made


if __name__ == "__main__":
    target = Path(sys.argv[1])
    with_words = files(target)
    with (target / "manifest.jsonl").open("w", encoding="utf-8") as out:
        for file in with_words:
            pages = [dict(kind="text", cls=page.way, text=page.words, headers=[]) for page in file.pages]
            print(json.dumps(dict(file=file.path.name, pages=pages)), file=out)
