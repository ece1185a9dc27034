"""The same engine on Spark: the same rows from a cluster as from one machine.

>>> files = read_files(spark, root)
>>> manifest = read_manifest(spark, f"{root}/manifest.csv")
>>> documents = by_manifest(files, manifest, root)
>>> extracted = extract(documents, checkpoint="/lake/extracted")
>>> verdicts = evaluate(extracted.facts, extracted.documents, requests(manifest))
>>> verdicts.write("/lake/report")

A document is a row, from the first step to the last: one that cannot be read, or that makes what
reads it crash, hang or swell, is a row of problems and never a failed job. Each Python worker has
documents read by one process of its own, within :class:`Options`' limits, on one thread.

Nothing here is done twice on the driver and nothing is collected there: what a cluster does is
lazy until :meth:`Verdicts.write`, or until ``checkpoint`` keeps what was read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from . import _TABLES, PROGRAM, ChartsiftError, _engine, _native, _rows

#: What a session should be started with: few records to a batch, since a record is a whole fax; and a
#: thread a task, since reading takes no more.
SETTINGS: Mapping[str, str] = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
    "spark.task.cpus": "1",
    "spark.python.worker.reuse": "true",
    "spark.executorEnv.OMP_THREAD_LIMIT": "1",
}

#: Endings of the files that folders are searched for.
ENDINGS: tuple[str, ...] = tuple(_native.ENDINGS)

_TYPES: Mapping[str, DataType] = {
    "text": StringType(),
    "number": DoubleType(),
    "count": LongType(),
    "flag": BooleanType(),
}


def _schema(table: str) -> StructType:
    return StructType([StructField(name, _TYPES[holds]) for name, holds in _TABLES[table]])


#: The tables of a report, by name: those of ``chartsift run``, and the assessments for people.
SCHEMAS: Mapping[str, StructType] = {table: _schema(table) for table in _TABLES}
CASES = SCHEMAS["cases"]
DENIAL_REASONS = SCHEMAS["denial_reasons"]
CRITERIA = SCHEMAS["criteria"]
PATHWAY = SCHEMAS["pathway"]
FACTS = SCHEMAS["facts"]
PROBLEMS = SCHEMAS["problems"]
DOCUMENTS = SCHEMAS["documents"]
ASSESSMENTS = SCHEMAS["assessments"]

#: A fact as :func:`extract` has it: its row, its place among the document's, its line of facts.jsonl.
EXTRACTED_FACT = StructType(
    [*FACTS.fields, StructField("ordinal", LongType()), StructField("line", StringType())]
)

#: A document as :func:`extract` has it.
EXTRACTED = StructType(
    [
        StructField("case_id", StringType()),
        StructField("document", StringType()),
        # Its place among the documents of its case.
        StructField("place", LongType()),
        StructField("path", StringType()),
        # Of the content where Spark had it, and of what else the row follows from.
        StructField("content_sha256", StringType()),
        StructField("basis", StringType()),
        # BLAKE3, as run.json has it.
        StructField("content_hash", StringType()),
        # What its case needs to know of it beside its facts.
        StructField("record", StringType()),
        StructField("facts", ArrayType(EXTRACTED_FACT)),
        StructField("problems", ArrayType(PROBLEMS)),
    ]
)

#: A case as :func:`evaluate` has it: its rows in each table.
EVALUATED = StructType(
    [
        StructField("case_id", StringType()),
        *(StructField(table, ArrayType(schema)) for table, schema in SCHEMAS.items()),
    ]
)

#: What the Parquet files of a table are parted by.
PARTITIONS: Mapping[str, str] = {
    "cases": "policy_id",
    "denial_reasons": "policy_id",
    "criteria": "policy_id",
    "pathway": "policy_id",
    "assessments": "policy_id",
    "facts": "kind",
    "problems": "stage",
}

#: What a manifest may say of a request.
GIVEN: tuple[str, ...] = tuple(_native.GIVEN)


@dataclass(frozen=True)
class Options:
    """How documents are read, and what one may take; as ``chartsift run`` has them."""

    #: When pages are read by OCR: ``auto``, ``always`` or ``never``.
    ocr: str = "auto"
    #: ``auto``, ``tesseract`` or ``ppocr``.
    ocr_engine: str = "auto"
    #: Seconds that OCR may take for a page.
    timeout: int = 180
    #: Seconds that reading a document may take.
    document_timeout: int = 3600
    #: Seconds that taking the facts of a document may take, and deciding a case.
    facts_timeout: int = 120
    #: Memory that reading a document may take, in MiB.
    memory: int = 2048
    #: Folder of lexicons that stand in for the built-in ones; on every executor.
    lexicons: str | None = None


class Extracted(NamedTuple):
    """What :func:`extract` yields."""

    #: A row a fact: ``FACTS`` with ``ordinal`` and ``line``.
    facts: DataFrame
    #: A row a problem: ``PROBLEMS``.
    problems: DataFrame
    #: A row a document that went in, whatever became of it: ``EXTRACTED`` without facts and problems.
    documents: DataFrame


def read_files(spark: SparkSession, root: str) -> DataFrame:
    """Every file below ``root``: ``path`` and ``content``.

    Spark's own ``binaryFile`` silently leaves out empty files and those whose names, or whose
    folders' names, begin with ``_``. Here they are among the others; the latter without their bytes,
    so that they are read from their path. The driver lists the folder for that, a millisecond a file:
    for millions make a table of paths from what a catalogue has.
    """
    reader = spark.read.format("binaryFile").option("recursiveFileLookup", True)
    path, system = _hadoop(spark, root)
    left_out: list[tuple[str, bytearray | None]] = []
    listed = system.listFiles(path, True)
    while listed.hasNext():
        file = listed.next()
        name = file.getPath().toString()
        if any(part.startswith("_") for part in name[len(path.toString()) :].split("/")):
            left_out.append((name, None))
        elif file.getLen() == 0:
            left_out.append((name, bytearray()))
    files = reader.load(root).select("path", "content")
    return files.unionByName(spark.createDataFrame(left_out, files.schema))


def _hadoop(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """A path, and the file system that it is of."""
    jvm: Any = spark._jvm
    place = jvm.org.apache.hadoop.fs.Path(path)
    system = place.getFileSystem(spark._jsc.hadoopConfiguration())
    return system.makeQualified(place), system


def _plain(path: Column) -> Column:
    """A path without what Spark puts before a local one."""
    return F.regexp_replace(path, "^file:/+", "/")


def _relative(path: Column, root: str) -> Column:
    """The path from ``root`` on."""
    plain = _plain(F.lit(root.rstrip("/") + "/"))
    return F.when(
        F.startswith(_plain(path), plain), F.substr(_plain(path), F.length(plain) + 1)
    ).otherwise(F.regexp_extract(path, "[^/]+$", 0))


def _is_document(name: Column) -> Column:
    return F.lower(name).rlike(rf"\.({'|'.join(ENDINGS)})$")


def _several(documents: DataFrame) -> DataFrame:
    count = F.count(F.lit(1)).over(Window.partitionBy("case_id"))
    return documents.withColumn("several", count > 1)


def by_file(files: DataFrame, root: str) -> DataFrame:
    """A case a file: the documents below ``root`` with ``case_id``, ``document`` and ``place``.

    ``files`` has ``path``, and ``content`` where Spark read it (:func:`read_files`); files of other
    endings than :data:`ENDINGS` are left out. A case is called by its file's name without the ending
    where no other is, else by its path.
    """
    documents = files.withColumn("document", _relative(F.col("path"), root))
    documents = documents.filter(_is_document(F.col("document")))
    relative = F.regexp_replace("document", r"\.[^./]*$", "")
    stem = F.regexp_extract(relative, "[^/]+$", 0)
    documents = documents.withColumn("_stem", stem).withColumn("_relative", relative)
    alone = {
        name: F.count(F.lit(1)).over(Window.partitionBy(name)) == 1
        for name in ("_stem", "_relative")
    }
    called = F.when(alone["_stem"], F.col("_stem"))
    called = called.when(alone["_relative"], F.col("_relative")).otherwise(F.col("document"))
    documents = documents.withColumn("case_id", called).withColumn("place", F.lit(0).cast("long"))
    return _several(documents.drop("_stem", "_relative"))


def read_manifest(spark: SparkSession, path: str) -> DataFrame:
    """A manifest as ``chartsift run --manifest`` takes it, with the ``place`` of each row."""
    table = spark.read.csv(path, header=True, quote='"', escape='"')
    for name in table.columns:
        trimmed = F.trim(F.col(f"`{name}`"))
        table = table.withColumn(name, F.when(trimmed != "", trimmed))
        table = table.withColumnRenamed(name, name.strip().lower())
    for needed in ("case_id", "path"):
        if needed not in table.columns:
            raise ChartsiftError(f"{path}: no column `{needed}`; the first row names the columns")
    return table.withColumn("place", F.monotonically_increasing_id())


def by_manifest(files: DataFrame, manifest: DataFrame, root: str) -> DataFrame:
    """The documents of each case of a manifest, whose paths are relative to ``root``.

    A path may be a folder, or several paths parted by ``;``. A document that the manifest names and
    that is not among ``files`` stays, without a path: it becomes a problem, and its case is decided
    without it.
    """
    names = F.posexplode(F.split("path", r"\s*;\s*"))
    wanted = manifest.select("case_id", "place", names.alias("_nth", "name"))
    wanted = wanted.withColumn("name", F.regexp_replace("name", r"/+$", ""))
    # A file is found by its own path and by that of each folder above it.
    found = files.withColumn("document", _relative(F.col("path"), root))
    parts = F.split("document", "/")
    above = F.transform(
        F.sequence(F.lit(1), F.size(parts)), lambda n: F.array_join(F.slice(parts, 1, n), "/")
    )
    found = found.withColumn("name", F.explode(above))
    document = F.col("document")
    found = found.filter((F.col("name") == document) | _is_document(document))
    documents = wanted.join(found, "name", "left")
    documents = documents.withColumn("document", F.coalesce("document", "name"))
    order = Window.partitionBy("case_id").orderBy("place", "_nth", "document")
    documents = documents.withColumn("place", F.row_number().over(order).cast("long"))
    return _several(documents.drop("name", "_nth"))


def requests(manifest: DataFrame) -> DataFrame:
    """What a manifest says of each case's request: a row a case with the columns of :data:`GIVEN`.

    :raises ChartsiftError: where rows of one case contradict each other.
    """
    names = [name for name in GIVEN if name in manifest.columns]
    rows = manifest.groupBy("case_id").agg(*(F.collect_set(name).alias(name) for name in names))
    if names:
        torn = rows.filter(F.greatest(*(F.size(name) for name in names), F.lit(0)) > 1)
        count = torn.count()
        if count:
            raise ChartsiftError(f"manifest: rows of {count} cases contradict each other")
    return rows.select("case_id", *(F.get(name, F.lit(0)).alias(name) for name in names))


@lru_cache(maxsize=1)
def _reader(options: Options) -> _native.Reader:
    """What has documents read; one a Python worker."""
    how = (options.ocr, options.ocr_engine, options.timeout)
    return _native.Reader(PROGRAM, how, options.document_timeout, options.memory)


def _basis(options: Options) -> str:
    """What a document's row follows from beside its content."""
    lexicon = _engine(options.lexicons, facts_timeout=options.facts_timeout).lexicon_hash
    words = (_native.VERSION, lexicon, *astuple(options))
    return hashlib.sha256(repr(words).encode()).hexdigest()


def _failed(case_id: str, document: str, error: Exception, stage: str) -> dict[str, Any]:
    """The problem of what failed in Python; its message could quote a record."""
    told = str(error) if isinstance(error, ChartsiftError) else type(error).__name__
    return {
        "case_id": case_id,
        "document": document,
        "stage": stage,
        "problem": f"internal error: {told}",
        "retriable": True,
    }


def _extract_one(row: Mapping[str, Any], options: Options, basis: str) -> dict[str, Any]:
    case_id, name, path = row["case_id"] or "", row["document"] or "", row["path"]
    done = {key: row.get(key) for key in ("place", "path", "content_sha256")}
    done |= {"case_id": case_id, "document": name, "basis": basis}
    try:
        content = row.get("content")
        local = path.removeprefix("file:") if path and content is None else None
        document = _reader(options).read(name, content, local)
        engine = _engine(options.lexicons, facts_timeout=options.facts_timeout)
        record, lines, facts, problems = engine.take(document, case_id, bool(row.get("several")))
        named = _rows("facts", facts)
        for ordinal, (fact, line) in enumerate(zip(named, lines, strict=True)):
            fact |= {"ordinal": ordinal, "line": line}
        return done | {
            "content_hash": document.content_hash,
            "record": record,
            "facts": named,
            "problems": _rows("problems", problems),
        }
    except Exception as error:  # A document stops no job.
        problem = _failed(case_id, name, error, "read")
        record = _native.record(name, {0: 0})
        return done | {"record": record, "facts": [], "problems": [problem]}


_Batches = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def _mapped(one: Callable[[Mapping[str, Any]], dict[str, Any]], schema: StructType) -> _Batches:
    """Applies ``one`` to each row, and hands on a batch before the next is taken."""

    def mapped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        arrow = to_arrow_schema(schema)
        for batch in batches:
            # A row at a time: the bytes of a whole batch twice would weigh.
            rows = (batch.slice(at, 1).to_pylist()[0] for at in range(batch.num_rows))
            yield pa.RecordBatch.from_pylist([one(row) for row in rows], schema=arrow)

    return mapped


def _key(documents: DataFrame) -> list[str]:
    names = ("case_id", "document", "place", "path", "content_sha256")
    return [name for name in names if name in documents.columns]


def _same(names: Sequence[str], a: DataFrame, b: DataFrame) -> Column:
    same = F.lit(True)
    for name in names:
        same &= a[name].eqNullSafe(b[name])
    return same


def extract(
    documents: DataFrame,
    options: Options | None = None,
    *,
    checkpoint: str | None = None,
    batches: int = 1,
) -> Extracted:
    """Reads documents and takes their facts.

    ``documents`` has a row a document, as :func:`by_file` and :func:`by_manifest` make it: ``path``,
    ``case_id``, ``document``, ``place``, ``several``, and ``content`` where Spark read it. Without
    content the file is read from ``path`` on the executor.

    With a ``checkpoint``, a folder of Parquet files, what is read is kept there, in so many
    ``batches``; a document that is there already, of the same content and read in the same way, is not
    read again: a job that was stopped is run again, and goes on with the batch where it was stopped.
    Without one it is kept on the executors' disks for as long as the session lasts.
    """
    options = options or Options()
    spark = documents.sparkSession
    basis = _basis(options)
    if "content" in documents.columns:
        documents = documents.withColumn("content_sha256", F.sha2("content", 256))
    else:
        documents = documents.withColumn("content_sha256", F.lit(None).cast("string"))
    kept = [*_key(documents), "several", *({"content"} & set(documents.columns))]
    documents = documents.select(*kept)
    read = _mapped(lambda row: _extract_one(row, options, basis), EXTRACTED)
    if checkpoint is None:
        nested = documents.mapInArrow(read, EXTRACTED).persist(StorageLevel.DISK_ONLY)
    else:
        key = _key(documents)
        known = _known(spark, checkpoint, basis)
        left = documents.join(known, _same(key, documents, known), "left_anti")
        for batch in range(batches):
            own = F.pmod(F.xxhash64("case_id", "document"), F.lit(batches)) == batch
            todo = left.filter(own).mapInArrow(read, EXTRACTED)
            todo.write.mode("append").parquet(checkpoint)
        known = _known(spark, checkpoint, basis)
        wanted = documents.select(*key)
        nested = known.join(wanted, _same(key, known, wanted), "left_semi")
    return Extracted(
        facts=nested.select(F.inline("facts")),
        problems=nested.select(F.inline("problems")),
        documents=nested.drop("facts", "problems"),
    )


def _known(spark: SparkSession, checkpoint: str, basis: str) -> DataFrame:
    """What a checkpoint has that was read in this way."""
    path, system = _hadoop(spark, checkpoint)
    if not system.exists(path):
        return spark.createDataFrame([], EXTRACTED)
    return spark.read.schema(EXTRACTED).parquet(checkpoint).filter(F.col("basis") == basis)


def _evaluate_one(
    row: Mapping[str, Any], policies: tuple[str, ...], as_of: str | None, options: Options, run: str
) -> dict[str, Any]:
    case_id = row["case_id"] or ""
    documents = sorted(row["documents"], key=lambda own: (own["place"] or 0, own["document"]))
    facts = sorted(row["facts"] or [], key=lambda own: (own["document"], own["ordinal"]))
    given = {name: str(row[name]) for name in GIVEN if row.get(name) is not None}
    try:
        tables = _engine(options.lexicons, policies, as_of, options.facts_timeout).decide(
            case_id,
            given,
            [own["record"] for own in documents],
            [own["line"] for own in facts],
            run,
        )
        named = {table: _rows(table, rows) for table, rows in tables.items()}
    except Exception as error:  # A case stops no job.
        named = {"problems": [_failed(case_id, "", error, "facts")]}
    return {"case_id": case_id, **{table: named.get(table, []) for table in SCHEMAS}}


@dataclass(frozen=True)
class Verdicts:
    """What :func:`evaluate` yields."""

    #: A row a case: ``EVALUATED``.
    nested: DataFrame

    def table(self, name: str) -> DataFrame:
        """A table of the report, by its name in :data:`SCHEMAS`."""
        return self.nested.select(F.inline(name))

    @property
    def cases(self) -> DataFrame:
        """A row a case and policy: :data:`CASES`."""
        return self.table("cases")

    @property
    def criteria(self) -> DataFrame:
        """A row a criterion: :data:`CRITERIA`."""
        return self.table("criteria")

    @property
    def denial_reasons(self) -> DataFrame:
        """A row a reason against: :data:`DENIAL_REASONS`."""
        return self.table("denial_reasons")

    def write(self, folder: str) -> None:
        """Writes every table as Parquet, ``folder/TABLE``, in parts by :data:`PARTITIONS`.

        What stood there is replaced, table by table: run again after a failure.
        """
        self.nested.persist(StorageLevel.DISK_ONLY)
        try:
            for name in SCHEMAS:
                writer = self.table(name).write.mode("overwrite")
                if name in PARTITIONS:
                    writer = writer.partitionBy(PARTITIONS[name])
                writer.parquet(f"{folder.rstrip('/')}/{name}")
        finally:
            self.nested.unpersist()


def evaluate(
    facts: DataFrame,
    documents: DataFrame,
    requests: DataFrame | None = None,
    *,
    policies: Sequence[str] = (),
    as_of: str | None = None,
    options: Options | None = None,
    run_id: str = "",
) -> Verdicts:
    """Holds each case against its policies.

    ``facts`` and ``documents`` are those of :func:`extract`; facts that were filtered out do not
    count. ``requests`` is what :func:`requests`
    makes. ``policies`` are ids, ``ID@VERSION`` or files that every executor has; without any the
    request decides. ``as_of`` is the day to judge as of where a request has none. ``run_id`` is
    what the rows name as their run.
    """
    options = options or Options()
    # What is wrong with a policy is said before any work is done.
    _engine(options.lexicons, tuple(policies), as_of, options.facts_timeout)
    own = F.collect_list(F.struct("place", "document", "record")).alias("documents")
    cases = documents.groupBy("case_id").agg(own)
    said = F.collect_list(F.struct("document", "ordinal", "line")).alias("facts")
    cases = cases.join(facts.groupBy("case_id").agg(said), "case_id", "left")
    if requests is not None:
        cases = cases.join(requests, "case_id", "left")
    chosen = tuple(policies)
    decide = _mapped(lambda row: _evaluate_one(row, chosen, as_of, options, run_id), EVALUATED)
    return Verdicts(cases.mapInArrow(decide, EVALUATED))
