"""Holds a report's FHIR bundles against FHIR R4, by the classes of the SMART client, and against its tables.

    python3 tests/read_bundles.py REPORT_FOLDER       says nothing, or what is wrong, and ends with 1
"""

import copy
import json
import sys
from collections import Counter
from pathlib import Path

from fhirclient.models.bundle import Bundle
from fhirclient.models.fhirabstractbase import FHIRValidationError

from tables import rows, unguarded

# The codes of elements that are bound to them, <https://hl7.org/fhir/R4/>; the classes know types alone.
CODES = {
    ("Bundle", "type"): {"collection"},
    ("DocumentReference", "status"): {"current", "superseded", "entered-in-error"},
    ("MedicationStatement", "status"): {
        "active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken",
    },
    ("Observation", "status"): {
        "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
    },
    ("Procedure", "status"): {
        "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown",
    },
    ("Claim", "status"): {"active", "cancelled", "draft", "entered-in-error"},
    ("Claim", "use"): {"claim", "preauthorization", "predetermination"},
    ("ClaimResponse", "status"): {"active", "cancelled", "draft", "entered-in-error"},
    ("ClaimResponse", "use"): {"claim", "preauthorization", "predetermination"},
    ("ClaimResponse", "outcome"): {"queued", "complete", "error", "partial"},
}


def references(value):
    """Every reference in it."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def dated(bundle: dict) -> dict:
    """The bundle with a day where it says that none is known, which FHIR allows and the classes do not."""
    bundle = copy.deepcopy(bundle)
    for entry in bundle["entry"]:
        absent = entry["resource"].pop("_created", {"extension": []})["extension"]
        if [part["url"].rsplit("/", 1)[-1] for part in absent] == ["data-absent-reason"]:
            entry["resource"]["created"] = "2000-01-01"
    return bundle


def check(name: str, bundle: dict):
    try:
        Bundle(dated(bundle), strict=True).as_json()
    except FHIRValidationError as error:
        yield f"{name}: {error}"
    places = [entry["fullUrl"] for entry in bundle["entry"]]
    if len(set(places)) != len(places):
        yield f"{name}: two resources at one place"
    for reference in references(bundle):
        if reference not in places:
            yield f"{name}: a reference leads nowhere"
    for resource in [bundle, *(entry["resource"] for entry in bundle["entry"])]:
        for (kind, field), codes in CODES.items():
            if resource["resourceType"] == kind and resource.get(field) not in codes:
                yield f"{name}: {kind}.{field} is {resource.get(field)}"


def table(folder: Path, name: str):
    """The rows of a table, each by column name."""
    header, *lines = rows(folder / name)
    return [dict(zip(header, map(unguarded, line))) for line in lines]


def main():
    folder = Path(sys.argv[1])
    wrong, kinds, told = [], Counter(), set()
    cases = {row["case_id"] for row in table(folder, "cases.csv")}
    rulings = Counter(row["case_id"] for row in table(folder, "cases.csv"))
    facts = {(row["case_id"], row["fact_id"]) for row in table(folder, "facts.csv")}
    seen = set()
    for path in sorted((folder / "fhir").glob("*.json")):
        bundle = json.loads(path.read_text(encoding="utf-8"))
        wrong += check(path.name, bundle)
        case = bundle["identifier"]["value"]
        seen.add(case)
        resources = [entry["resource"] for entry in bundle["entry"]]
        kinds.update(resource["resourceType"] for resource in resources)
        told |= {
            (case, part["value"])
            for resource in resources
            for part in resource.get("identifier", [])
            if part.get("system") == "urn:chartsift:fact"
        }
        if sum(resource["resourceType"] == "ClaimResponse" for resource in resources) != rulings[case]:
            wrong.append(f"{path.name}: not a response for each row of cases.csv")
    if seen != cases:
        wrong.append("not a bundle for each case")
    if not told <= facts:
        wrong.append("a resource of no fact")
    missing = {"Patient", "DocumentReference", "Observation", "MedicationStatement", "Procedure", "Claim"} - set(kinds)
    if missing:
        wrong.append(f"no {', '.join(sorted(missing))}")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
