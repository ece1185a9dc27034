"""A standalone cluster on loopback: a master and workers of one core each."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

from chartsift.spark import SETTINGS


class Cluster:
    """A master and its workers, each a process group of its own so that it can be killed whole."""

    def __init__(self, place: Path, workers: int = 2) -> None:
        self.place = place
        self.workers: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{self.port}"
        listen = ["--host", "127.0.0.1", "--webui-port", "0"]
        self.master = self.start("master.Master", *listen, "--port", str(self.port))
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.2)
        for _ in range(workers):
            self.work()

    def start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        with (self.place / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [str(program), f"org.apache.spark.deploy.{what}", *arguments],
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )

    def work(self) -> None:
        place = self.place / f"worker{len(self.workers)}"
        listen = ["--host", "127.0.0.1", "--webui-port", "0", "--work-dir", str(place)]
        size = ["--cores", "1", "--memory", "1g"]
        self.workers.append(self.start("worker.Worker", *listen, *size, self.url))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in [*self.workers, self.master]:
            if process.poll() is None:
                self.kill(process)

    def session(self, local: Path) -> SparkSession:
        """A session on it; ``local`` is where the driver may write."""
        os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
        builder = SparkSession.builder.master(self.url).appName("chartsift")
        for name, value in {
            **SETTINGS,
            "spark.driver.host": "127.0.0.1",
            "spark.executor.cores": "1",
            "spark.executor.memory": "512m",
            "spark.sql.shuffle.partitions": "4",
            "spark.ui.enabled": "false",
            "spark.local.dir": str(local),
        }.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session

    def wait(self, session: SparkSession, executors: int) -> None:
        """Waits until so many executors are there."""
        for _ in range(600):
            # The driver is counted too.
            there = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
            if there == executors:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{there} executors, not {executors}")
