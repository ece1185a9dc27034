"""Makes a manifest of many SIMULATED cases by permuting the documents of corpus/.

    python3 benches/simulate.py --cases 10000 > simulated.csv
    chartsift run --manifest simulated.csv --out simulated

Each case takes the documents of one invented packet, loses some of them, and at times has one of
another packet in; payer, provider and day are drawn. What the figures of such a run say of payers and
providers is made up: the run shows what the analysts' page looks like, and how fast it is made. The
same arguments give the same bytes.
"""

import argparse
import csv
import datetime
import os
import random
import sys
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
PAYERS = ["Simulated payer A", "Simulated payer B", "Simulated payer C", "Simulated payer D"]
PROVIDERS = 40
FIRST = datetime.date(2026, 2, 15)
DAYS = 258


def packets():
    """The documents of each packet of the corpus, with its code."""
    found = {}
    with (CORPUS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["case_id"], (row["cpt"], []))[1].append(row["path"])
    return found


def cases(number, seed):
    """Rows of the manifest."""
    draw = random.Random(seed)
    found = packets()
    names = sorted(found)
    # A provider has packets that it sends more often, and loses documents more or less easily.
    habits = []
    for _ in range(PROVIDERS):
        weights = [draw.choice([1, 1, 2, 5]) for _ in names]
        habits.append((weights, draw.choice([0.05, 0.2, 0.4])))
    # Large practices and small ones.
    sizes = [1 / (place + 1) ** 0.7 for place in range(PROVIDERS)]
    for case in range(1, number + 1):
        provider = draw.choices(range(PROVIDERS), sizes)[0]
        weights, loss = habits[provider]
        packet = draw.choices(names, weights)[0]
        cpt, documents = found[packet]
        kept = [path for path in documents if draw.random() >= loss] or documents[:1]
        if draw.random() < 0.25:
            other = draw.choice([name for name in names if found[name][0] == cpt])
            strange = draw.choice(found[other][1])
            kept = kept + [strange] if strange not in kept else kept
        day = FIRST + datetime.timedelta(days=draw.randrange(DAYS))
        payer = draw.choices(PAYERS, [4, 3, 2, 1])[0]
        for path in kept:
            yield {
                "case_id": f"sim-{case:05}",
                "path": os.path.relpath(CORPUS / path),
                "as_of": day.isoformat(),
                "cpt": cpt,
                "payer": payer,
                "provider": f"Simulated provider {provider + 1:02}",
            }


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cases", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    columns = ["case_id", "path", "as_of", "cpt", "payer", "provider"]
    table = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(cases(given.cases, given.seed))


if __name__ == "__main__":
    main()
