#!/usr/bin/env python3
"""Refresh icd10cm.csv from the list of all ICD-10-CM codes.

usage: update_codes.py CODES.txt RELEASE icd10cm.csv

CODES.txt has a code a line, without points (words behind it do not count): the `icd10cm-codes` file of a release
by CDC/NCHS, or the same list in the PyPI package `simple-icd-10-cm`.  RELEASE is what the table's head calls it.

Each category is a row; what may follow it is written as a tree: `0(12)|9` stands for .0, .01, .02 and .9.
"""
import collections
import pathlib
import re
import sys

CODE = re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}")


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
    words = (line.split() for line in open(codes, encoding="utf-8"))
    known = {line[0].replace(".", "") for line in words if line}
    categories = collections.defaultdict(list)
    for code in sorted(filter(CODE.fullmatch, known)):
        categories[code[:3]].append(code[3:])
    rows = [f"{category},{tree(endings)}" for category, endings in sorted(categories.items())]
    head = f"# ICD-10-CM, {release} (CDC/NCHS, public domain): every code and every heading above it."
    pathlib.Path(table).write_text("\n".join([head, "category,codes", *rows]) + "\n", encoding="utf-8")
    print(f"{len(rows)} categories, {sum(map(len, categories.values()))} codes")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
