"""The same rows from a cluster as from one machine: a master and two workers on loopback."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from cluster import Cluster
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import chartsift
from chartsift import spark as cs

#: Half the time of both engines; what a page says is not the question here.
TESSERACT = cs.Options(ocr_engine="tesseract")

#: All tables that a report has in both; what it names its run is apart.
TABLES = ("cases", "denial_reasons", "criteria", "pathway", "facts", "problems", "documents")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = cluster.session(tmp_path_factory.mktemp("local"))
    yield session
    session.stop()


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """500 documents; with OCR they would take a quarter of an hour."""
    folder = tmp_path_factory.mktemp("bulk")
    maker = Path(__file__).parents[2] / "benches" / "peers" / "bulk.py"
    subprocess.run([sys.executable, str(maker), str(folder), "--documents", "500"], check=True)
    return folder


def lines(rows: list[dict[str, object]], drop: tuple[str, ...]) -> bytes:
    """Rows as bytes in an order of their own."""
    kept = [{k: v for k, v in sorted(row.items()) if k not in drop} for row in rows]
    return b"\n".join(sorted(json.dumps(row).encode() for row in kept))


def of_run(report: chartsift.Report, table: str) -> bytes:
    rows = parquet.read_table(report.folder / f"{table}.parquet").to_pylist()
    return lines(rows, ("run_id",))


def of_cluster(frame: DataFrame) -> bytes:
    return lines([row.asDict() for row in frame.collect()], ("run_id",))


def assert_same(report: chartsift.Report, verdicts: cs.Verdicts) -> None:
    # Decided once for all tables.
    verdicts.nested.persist()
    for table in TABLES:
        assert of_run(report, table) == of_cluster(verdicts.table(table)), table
    verdicts.nested.unpersist()


def figures(folder: Path) -> object:
    """What ``summarize`` counts of a report."""
    command = [*chartsift.PROGRAM, "summarize", str(folder), "--format", "json"]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return said["cases"], said["policies"], said["tables"]


@pytest.fixture(scope="module")
def local(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> chartsift.Report:
    out = tmp_path_factory.mktemp("local-run") / "out"
    arguments = ["--format", "parquet", "--ocr-engine", TESSERACT.ocr_engine]
    return chartsift.run(out=out, manifest=corpus / "manifest.csv", arguments=arguments)


@pytest.fixture(scope="module")
def manifest(spark: SparkSession, corpus: Path) -> DataFrame:
    return cs.read_manifest(spark, str(corpus / "manifest.csv"))


@pytest.fixture(scope="module")
def documents(spark: SparkSession, corpus: Path, manifest: DataFrame) -> DataFrame:
    return cs.by_manifest(cs.read_files(spark, str(corpus)), manifest, str(corpus)).repartition(8, "path")


def test_rows_are_those_of_a_local_run_though_a_worker_is_killed(
    cluster: Cluster,
    spark: SparkSession,
    local: chartsift.Report,
    manifest: DataFrame,
    documents: DataFrame,
    tmp_path: Path,
) -> None:
    checkpoint = str(tmp_path / "extracted")
    cluster.wait(spark, executors=2)
    tracker = spark.sparkContext.statusTracker()
    killed = threading.Event()

    def done() -> int:
        stages = (tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds())
        return sum(stage.numCompletedTasks for stage in stages if stage and stage.numTasks == 8)

    def kill() -> None:
        # Within the reading of documents: some tasks are done, others are not.
        while not killed.is_set():
            if 1 <= done() < 6:
                cluster.kill(cluster.workers[0])
                killed.set()
            time.sleep(0.05)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    extracted = cs.extract(documents, TESSERACT, checkpoint=checkpoint)
    assert killed.is_set(), "the job was over before a worker could be killed"
    cluster.work()
    verdicts = cs.evaluate(extracted.facts, extracted.documents, cs.requests(manifest))
    assert extracted.documents.count() == documents.count() == local.record["counts"]["documents"]
    assert_same(local, verdicts)

    # Again: nothing is read again, and the same rows are written in the place of the same rows.
    again = cs.extract(documents, TESSERACT, checkpoint=checkpoint, batches=2)
    assert spark.read.parquet(checkpoint).count() == documents.count()
    verdicts = cs.evaluate(again.facts, again.documents, cs.requests(manifest))
    for _ in range(2):
        verdicts.write(str(tmp_path / "report"))
        for table in TABLES:
            written = spark.read.parquet(str(tmp_path / "report" / table))
            assert of_run(local, table) == of_cluster(written), table
    assert (tmp_path / "report" / "facts" / "kind=medication").is_dir()
    assert figures(tmp_path / "report") == figures(local.folder)
    narratives = spark.read.parquet(str(tmp_path / "report" / "assessments"))
    told = {row.case_id: row.narrative for row in narratives.collect()}
    for case, narrative in told.items():
        assert (local.folder / "assessments" / f"{case}.md").read_text() == narrative


def test_hostile_files_are_problems_and_the_rest_is_read(
    spark: SparkSession, corpus: Path, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile"
    shutil.copytree(corpus / "hostile", hostile)
    (hostile / "empty.pdf").write_bytes(b"")
    (hostile / "note.txt").write_text("Pain 8/10. Gabapentin without relief.")
    (hostile / "_note.txt").write_text("Pain 2/10.")
    report = chartsift.run(hostile, tmp_path / "out", arguments=["--format", "parquet"])
    files = cs.read_files(spark, str(hostile))
    # With their bytes, and by their paths: then they are read where they lie.
    for table in (files, files.select("path")):
        documents = cs.by_file(table, str(hostile)).repartition(4)
        extracted = cs.extract(documents)
        assert extracted.documents.count() == report.record["counts"]["documents"]
        verdicts = cs.evaluate(extracted.facts, extracted.documents)
        assert_same(report, verdicts)
        assert extracted.problems.count() > 3


def test_many_documents_have_the_same_rows_too(
    spark: SparkSession, bulk: Path, tmp_path: Path
) -> None:
    how = ["--format", "parquet", "--ocr", "never", "--policy", "cluneal-nerve-block"]
    report = chartsift.run(bulk, tmp_path / "out", arguments=how)
    assert report.record["counts"]["documents"] == 500
    documents = cs.by_file(cs.read_files(spark, str(bulk)), str(bulk)).repartition(4)
    extracted = cs.extract(documents, cs.Options(ocr="never"), checkpoint=str(tmp_path / "kept"))
    assert extracted.documents.count() == 500
    policies = ["cluneal-nerve-block"]
    assert_same(report, cs.evaluate(extracted.facts, extracted.documents, policies=policies))


def test_what_is_missing_or_wrong_costs_one_row(
    spark: SparkSession, manifest: DataFrame, corpus: Path
) -> None:
    slow = cs.Options(document_timeout=1, ocr="always")
    found = cs.by_manifest(cs.read_files(spark, str(corpus)), manifest, str(corpus))
    some = [row.case_id for row in found.select("case_id").distinct().orderBy("case_id").take(2)]
    gone = spark.createDataFrame([("gone", "no/such.pdf", 0)], "case_id string, path string, place long")
    documents = cs.by_manifest(cs.read_files(spark, str(corpus)), gone, str(corpus))
    extracted = cs.extract(documents, slow)
    [problem] = extracted.problems.collect()
    assert (problem.case_id, problem.stage, problem.retriable) == ("gone", "open", True)
    bad = spark.createDataFrame([("gone", "upper")], "case_id string, side string")
    [row] = cs.evaluate(extracted.facts, extracted.documents, bad).table("problems").collect()
    assert "`side`: `upper` is none of left" in row.problem
    with pytest.raises(chartsift.ChartsiftError, match="no such policy"):
        cs.evaluate(extracted.facts, extracted.documents, policies=["nonsense"])
    torn = manifest.filter(F.col("case_id") == some[0]).withColumn("cpt", F.lit("1"))
    torn = torn.unionByName(torn.withColumn("cpt", F.lit("2")))
    with pytest.raises(chartsift.ChartsiftError, match="1 cases contradict"):
        cs.requests(torn)
