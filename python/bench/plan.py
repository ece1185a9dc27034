#!/usr/bin/env python3
"""Simulates a cluster that reads many pages: hours, core-hours, and what failures cost.

    python3 python/bench/plan.py --pages 100e6 --cores 2000 --pages-a-second 0.7

Documents have pages as faxes have (log-normal, ``--median`` pages), OCR takes a time a page that varies
as measured (gamma), tasks of ``--documents`` documents go to whichever core is free, and executors fail
now and then: their tasks begin again. Only the last of it is simulated in full; the steady middle follows
from means, so that a hundred million pages take seconds.
"""

import argparse
import heapq
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is planned."""

    pages: float
    cores: int
    pages_a_second: float
    documents: int
    median: float
    overhead: float
    cores_an_executor: int
    failures_a_day: float
    longest: float

    @property
    def mean(self) -> float:
        """Pages of a document, on average: of a log-normal of sigma 1."""
        return self.median * 2.718281828 ** 0.5

    def task(self, draw: random.Random) -> float:
        """Seconds of a task."""
        seconds = 0.0
        for _ in range(self.documents):
            pages = max(1.0, draw.lognormvariate(0.0, 1.0) * self.median)
            # A page takes its mean, give or take a half.
            one = draw.gammavariate(4 * pages, 1 / (4 * self.pages_a_second))
            seconds += min(one, self.longest) + self.overhead
        return seconds


def simulate(plan: Plan, seed: int) -> dict[str, float]:
    """Hours until all is read, with what was done twice."""
    draw = random.Random(seed)
    tasks = int(plan.pages / plan.mean / plan.documents)
    sample = [plan.task(draw) for _ in range(2000)]
    mean = sum(sample) / len(sample)
    # All but the last tasks of each core keep every core busy.
    steady = max(0, tasks - 10 * plan.cores)
    begun = steady * mean / plan.cores
    free = [begun + draw.uniform(0, mean) for _ in range(min(plan.cores, tasks))]
    heapq.heapify(free)
    again = 0.0
    failures = plan.failures_a_day * plan.cores / plan.cores_an_executor / 86_400
    end = begun
    for _ in range(tasks - steady):
        at = heapq.heappop(free)
        takes = plan.task(draw)
        # Memoryless: an executor fails within the task, and half of what it did is done again.
        while draw.random() < failures / (plan.cores / plan.cores_an_executor) * takes:
            again += takes / 2
            at += takes / 2
        heapq.heappush(free, at + takes)
        end = max(end, at + takes)
    again *= tasks / max(1, tasks - steady)
    work = tasks * mean
    return {
        "documents": tasks * plan.documents,
        "tasks": tasks,
        "task, minutes": mean / 60,
        "core-hours": (work + again) / 3600,
        "done again, %": 100 * again / work,
        "hours": end / 3600 * (1 + again / work),
        "cores busy, %": 100 * (work + again) / (plan.cores * end * (1 + again / work)),
    }


def main() -> None:
    """Prints a line a number."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default, told in [
        ("pages", 100e6, "pages to read"),
        ("cores", 2000, "cores that read"),
        ("pages-a-second", 0.7, "of one core, as measured"),
        ("documents", 50, "documents a task"),
        ("median", 8, "pages of a document"),
        ("overhead", 0.005, "seconds that Spark adds to a document"),
        ("cores-an-executor", 4, "cores of an executor"),
        ("failures-a-day", 0.5, "failures of an executor a day"),
        ("longest", 3600, "seconds that a document may take"),
        ("seed", 1, "of the simulation"),
    ]:
        options.add_argument(f"--{name}", type=float, default=default, help=told)
    given = vars(options.parse_args())
    seed = int(given.pop("seed"))
    for name in ("cores", "documents", "cores_an_executor"):
        given[name] = int(given[name])
    for name, value in simulate(Plan(**given), seed).items():
        print(f"{name:20} {value:>16,.1f}")


if __name__ == "__main__":
    main()
