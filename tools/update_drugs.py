#!/usr/bin/env python3
"""Refresh the brands in drugs.csv from the FDA's UNII names.

usage: update_drugs.py UNII_Names.txt drugs.csv

Keeps the curated part of drugs.csv and rewrites the part behind the "Further brands"
comment: brand names (TYPE bn) of single ingredients that the curated part has.
"""
import collections
import csv
import pathlib
import re
import sys

SALT = re.compile(
    r"( (?:hcl|hydrochloride|sodium|potassium|sulfate|tartrate|succinate|maleate|mesylate|besylate|citrate|acetate"
    r"|phosphate|fumarate|hydrobromide|anhydrous|monohydrate|dihydrate|calcium|magnesium|bitartrate|nitrate|disodium"
    r"|dipropionate|propionate|acetonide|axetil|medoxomil|bromide|chloride|lactate|gluconate|oxalate|decanoate"
    r"|palmitate|pamoate))+$"
)
NAME = re.compile(r"[a-z]{3}[a-z-]{3,}(?: (?:er|xr|sr|cr|la|xl|od))?")
MARK = "# Further brands"


def main(names, table):
    here = pathlib.Path(__file__).parent
    refused = set((here / "not_brands.txt").read_text().split())
    lines = pathlib.Path(table).read_text().splitlines()
    cut = next((i for i, line in enumerate(lines) if line.startswith(MARK)), len(lines))
    mark = lines[cut] if cut < len(lines) else MARK + "."
    curated = lines[:cut]
    rows = list(csv.DictReader(line for line in curated if not line.startswith("#")))
    terms = {row["term"] for row in rows}
    classes = {}
    for row in rows:
        if row["kind"] != "class":
            classes.setdefault(row["ingredient"] or row["term"], row["class"])
    found = collections.defaultdict(set)
    for line in open(names, encoding="utf-8"):
        name, kind, _, ingredient = (line.rstrip("\r\n").split("\t") + [""] * 4)[:4]
        if kind != "bn":
            continue
        name, ingredient = name.lower(), ingredient.lower()
        bare = ingredient if ingredient in classes else SALT.sub("", ingredient)
        if bare in classes and NAME.fullmatch(name) and name not in terms | refused:
            found[name].add(bare)
    more = [(name, *found[name], "brand") for name in sorted(found) if len(found[name]) == 1]
    with open(table, "w", encoding="utf-8", newline="") as out:
        out.write("\n".join([*curated, mark]) + "\n")
        csv.writer(out, lineterminator="\n").writerows((*row, classes[row[1]]) for row in more)
    print(f"{len(terms)} curated terms, {len(more)} further brands")


if __name__ == "__main__":
    main(*sys.argv[1:])
