"""Writes a report's Parquet tables again as others write them.

    python3 tests/part_tables.py REPORT_FOLDER FOLDER

In FOLDER/parted as Spark does: a folder a table, in parts by policy, kind or stage. FOLDER/days.parquet has
the cases with a day where words belong, FOLDER/packed.parquet packed with gzip.
"""

import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet

PARTS = {
    "cases": "policy_id", "denial_reasons": "policy_id", "criteria": "policy_id", "pathway": "policy_id",
    "facts": "kind", "problems": "stage",
}


def main():
    report, out = map(Path, sys.argv[1:])
    for path in report.glob("*.parquet"):
        table = parquet.read_table(path)
        folder = out / "parted" / path.stem
        folder.mkdir(parents=True)
        column = PARTS.get(path.stem)
        if table.num_rows:
            # The last cases come first, as a cluster has them in no order.
            if path.stem == "cases":
                table = table.take(list(reversed(range(table.num_rows))))
            parquet.write_to_dataset(table, folder, [column] if column else None, use_threads=False)
        (folder / "_SUCCESS").touch()
    cases = parquet.read_table(report / "cases.parquet")
    place = cases.schema.get_field_index("as_of")
    day = pyarrow.array([None] * cases.num_rows, pyarrow.date32())
    parquet.write_table(cases.set_column(place, "as_of", day), out / "days.parquet")
    parquet.write_table(cases, out / "packed.parquet", compression="gzip")


if __name__ == "__main__":
    main()
