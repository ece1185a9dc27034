#!/usr/bin/env python3
"""Reads the same records with chartsift and with medspaCy in one run, and says how fast each is.

    make peers-language                                 installs what is missing and reads the corpus's texts
    python3 benches/peers/language.py [FOLDER ...]      also .txt files of other folders; --json for programs

medspaCy runs as it comes: its tokenizer, sentences, section and context rules, and targets for the terms below. chartsift reads
every kind of fact. CPU seconds of user and system, one thread, without start-up, which is told apart; the median of the rounds.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "dist" / "chartsift"
TERMS = [
    "low back pain", "neck pain", "radiculopathy", "stenosis", "disc herniation", "gabapentin", "pregabalin", "duloxetine",
    "naproxen", "physical therapy", "epidural", "nerve block", "MRI", "EMG", "tenderness", "straight leg raise",
]


def cpu_of(command: list) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medspacy_pipeline():
    import logging

    logging.disable(logging.CRITICAL)
    from loguru import logger

    logger.remove()  # it would log every token of the records
    import medspacy
    from medspacy.ner import TargetRule

    pipeline = medspacy.load(medspacy_enable=["medspacy_tokenizer", "medspacy_pyrush", "medspacy_target_matcher",
                                              "medspacy_context", "medspacy_sectionizer"])
    pipeline.get_pipe("medspacy_target_matcher").add([TargetRule(term, "TARGET") for term in TERMS])
    return pipeline


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--program", type=Path, default=PROGRAM)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="records, bytes, and CPU seconds of each, as JSON")
    args = parser.parse_args()
    folders = args.folders or [ROOT / "corpus" / "packets"]
    files = sorted(file for folder in folders for file in folder.rglob("*.txt"))
    texts = [file.read_text() for file in files]
    size = sum(len(text.encode()) for text in texts)

    start = time.process_time()
    pipeline = medspacy_pipeline()
    medspacy_start = time.process_time() - start
    ours, theirs = [], []
    copies = 20  # so that what is measured outweighs start-up
    for _ in range(args.rounds):
        one = cpu_of([args.program, "tag", *files])
        ours.append((cpu_of([args.program, "tag", *(files * copies)]) - one) / (copies - 1))
        start = time.process_time()
        for text in texts:
            pipeline(text)
        theirs.append(time.process_time() - start)
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    if args.json:
        print(json.dumps({"records": len(texts), "bytes": size, "chartsift": ours, "medspacy": theirs}))
        return
    print(f"{len(texts)} records, {size / 1e6:.2f} MB, median of {args.rounds} rounds")
    print(f"{'':12}{'CPU s':>10}{'records/s':>12}{'MB/s':>10}{'start, s':>10}")
    one_start = cpu_of([args.program, "tag", files[0]])
    for name, seconds, begin in [("chartsift", ours, one_start), ("medspaCy", theirs, medspacy_start)]:
        print(f"{name:12}{seconds:>10.3f}{len(texts) / seconds:>12.1f}{size / seconds / 1e6:>10.3f}{begin:>10.2f}")
    print(f"ratio {theirs / ours:.0f}")


if __name__ == "__main__":
    sys.exit(main())
