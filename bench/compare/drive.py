#!/usr/bin/env python3
"""Runs scaup and its peers side by side and writes what was measured as JSON.

    drive.py --root ROOT --programs FOLDER [--python VENV_PYTHON] --out RESULTS.json [--quick] [--sets A,B] [--peers A,B]

Every pass of one system alternates with the passes of the others, so that drift of the machine meets all alike.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

from data import DataSet, Spec, prepare
from workers import PYTHON_PEERS, command_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from worker_process import Worker, last_core, settle  # noqa: E402 (beside both benches)

EFS = (10, 12, 14, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 240, 320, 480, 640)
QUICK_EFS = (10, 16, 24, 40, 80, 160, 320, 640)
RECALLS = (0.8, 0.9, 0.95, 0.98, 0.99, 0.999)
PEERS = ("scaup", "hnswlib", *PYTHON_PEERS)

# Graphs of a million rows take most peers half an hour: there scaup is compared with the fastest builder.
FULL = {
    "main": "clustered-100k-384", "real": "glove100-60k",
    "curve": ["clustered-10k-128", "clustered-100k-128", "clustered-1m-128"],
    "sets": [
        Spec("clustered-100k-384", 100_000, 384), Spec("glove100-60k"), Spec("scifact-use512"),
        Spec("clustered-10k-128", 10_000, 128), Spec("clustered-100k-128", 100_000, 128),
        Spec("clustered-1m-128", 1_000_000, 128, exact_queries=50, graphs=("scaup", "hnswlib")),
    ],
}
QUICK = {
    "main": "quick-10k-384", "real": "scifact-use512", "curve": ["quick-2k-128", "quick-10k-128"],
    "sets": [
        Spec("quick-10k-384", 10_000, 384, 200, 50), Spec("scifact-use512", queries=200, exact_queries=50),
        Spec("quick-2k-128", 2_000, 128, 200, 50), Spec("quick-10k-128", 10_000, 128, 200, 50),
    ],
}

Job = tuple[str, str, str, str, int]  # peer, command, kind, setting, queries


def say(text: str) -> None:
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def percentile(ns: list[int], share: float) -> float:
    return sorted(ns)[int(share * (len(ns) - 1))] * 1e-3


def recall(found: list[list[int]], truth: list[list[int]]) -> float:
    pairs = list(zip(found, truth))
    return sum(len(set(a) & set(b)) for a, b in pairs) / sum(len(b) for _, b in pairs)


def settings_of(peer: str, quick: bool) -> list[str]:
    efs = [f"ef={ef}" for ef in (QUICK_EFS if quick else EFS)]
    return efs if peer != "scaup" else efs + ["default"] + [f"recall={r}" for r in RECALLS]


def jobs_of(spec: Spec, workers: dict[str, Worker], quick: bool) -> Iterator[Job]:
    """One pass of everything, the systems taking turns at each setting."""
    for name in workers:
        yield name, "pass", "exact", "exact", spec.exact_queries
    for name in workers:  # the others gain nothing by batches and would take most of the run
        queries = spec.queries if name in ("scaup", "faiss") else spec.exact_queries
        yield name, "batch", "exact", "exact", queries
    graphs = [name for name in workers if spec.graphs is None or name in spec.graphs]
    settings = {name: settings_of(name, quick) for name in graphs}
    for position in range(max((len(s) for s in settings.values()), default=0)):
        for command in ("pass", "batch"):
            for name in graphs:
                if position < len(settings[name]):
                    yield name, command, "ann", settings[name][position], spec.queries


class Run:
    """What one run measures, as it goes into the results."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.plan = QUICK if arguments.quick else FULL
        self.passes = 2 if arguments.quick else 3
        self.results: dict[str, Any] = {
            "quick": arguments.quick, "main": self.plan["main"], "real": self.plan["real"], "curve": self.plan["curve"],
            "machine": machine(), "sets": [], "rows": [], "versions": {}, "unavailable": {}, "read_bytes_per_second": {},
        }

    def save(self) -> None:
        self.arguments.out.write_text(json.dumps(self.results, indent=1), encoding="utf-8")

    def start(self, data: DataSet) -> dict[str, Worker]:
        workers = {}
        for name in self.arguments.peers:
            command = command_of(name, data, self.arguments.programs, self.arguments.python)
            if isinstance(command, str):
                self.results["unavailable"][name] = command
                continue
            worker = Worker(name, command, self.arguments.out.with_suffix(".log"), self.arguments.nice)
            if worker.error:
                self.results["unavailable"][name] = worker.error
                worker.stop()
                continue
            self.results["versions"][name] = worker.version
            workers[name] = worker
        return workers

    def build(self, data: DataSet, workers: dict[str, Worker]) -> dict[tuple[str, str], dict]:
        builds = {}
        for kind in ("ann", "exact"):
            for name, worker in workers.items():
                if kind == "ann" and data.spec.graphs is not None and name not in data.spec.graphs:
                    continue
                say(f"{data.spec.name}: {name} builds {kind}")
                builds[name, kind] = worker.ask("build", kind)
        return builds

    def measure(self, data: DataSet, workers: dict[str, Worker]) -> dict[Job, list[dict]]:
        answers: dict[Job, list[dict]] = {}
        jobs = list(jobs_of(data.spec, workers, self.arguments.quick))
        for name, command, kind, setting, _ in jobs:  # warm caches, and find out what is not there
            if command == "pass":
                workers[name].ask(command, kind, setting, 20)
        speeds = []
        for number in range(self.passes):
            say(f"{data.spec.name}: pass {number + 1} of {self.passes}")
            for job in jobs:
                if any("error" in answer for answer in answers.get(job, [])):
                    continue
                answers.setdefault(job, []).append(workers[job[0]].ask(*job[1:]))
            if "scaup" in workers:
                speeds.append(workers["scaup"].ask("read", data.rows * data.dimension).get("bytes_per_second", 0))
        self.results["read_bytes_per_second"][data.spec.name] = max(speeds, default=0)
        return answers

    def row(self, data: DataSet, job: Job, passes: list[dict], build: dict) -> dict[str, Any]:
        name, command, kind, setting, _ = job
        row = {"set": data.spec.name, "system": name, "kind": kind, "call": "one" if command == "pass" else "batch", "setting": setting}
        failed = next((answer["error"] for answer in passes if "error" in answer), None) or build.get("error")
        if failed:
            return row | {"error": failed}
        queries = len(passes[0]["ids"])
        row |= {
            "recall": recall(passes[0]["ids"], data.truth), "qps": statistics.median(queries / (sum(p["ns"]) * 1e-9) for p in passes),
            "build_s": build["build_s"], "bytes_per_row": build["rss_bytes"] / data.rows,
            "index_bytes": build["index_bytes"], "graph": build["graph"],
        }
        if command == "pass":
            ns = [time for answer in passes for time in answer["ns"]]
            row |= {"p50_us": percentile(ns, 0.5), "p99_us": percentile(ns, 0.99)}
        return row

    def one_set(self, spec: Spec) -> None:
        data = prepare(spec, self.arguments.root, self.arguments.programs / "compare_data")
        if isinstance(data, str):
            self.results["sets"].append({"name": spec.name, "error": data})
            return
        self.results["sets"].append({"name": spec.name, "rows": data.rows, "dimension": data.dimension, "cosines": data.cosines})
        say(f"{spec.name}: {data.rows} x {data.dimension}, mean cosine of the 1st and 10th neighbour: {data.cosines or 'see the data'}")
        workers = self.start(data)
        try:
            builds = self.build(data, workers)
            answers = self.measure(data, workers)
        finally:
            for worker in workers.values():
                worker.stop()
        self.results["rows"] += [self.row(data, job, passes, builds.get((job[0], job[2]), {"error": "not built"}))
                                 for job, passes in answers.items()]
        if spec.name == self.plan["main"] and "scaup" in self.arguments.peers:
            self.workloads(data)

    def workloads(self, data: DataSet) -> None:
        for what in ("filtered", "churn", "writes"):
            say(f"{data.spec.name}: scaup, {what}")
            command = [str(self.arguments.programs / "compare_scaup"), what, str(data.base), str(data.query),
                       "quick" if self.arguments.quick else "full"]
            # A reader and a writer at once are two threads; all else has one core.
            cores = os.sched_getaffinity(0) if what == "writes" else {last_core()}
            done = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: settle(cores, self.arguments.nice))
            if done.returncode == 0:
                self.results |= json.loads(done.stdout)
            else:
                self.results["unavailable"][what] = done.stderr.strip()


def machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {os.cpu_count()} cores"
    return f"{os.cpu_count()} cores"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--programs", type=Path, required=True, help="folder of compare_scaup and the others")
    parser.add_argument("--python", type=Path, help="interpreter that has the packages of requirements.txt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="small sets, to try the harness")
    parser.add_argument("--sets", type=lambda text: text.split(","), default=None, help="only these sets")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=list(PEERS), help="only these systems")
    parser.add_argument("--nice", type=int, default=-15, help="priority of what is measured, where it may be set")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    run = Run(arguments)
    for spec in run.plan["sets"]:
        if arguments.sets is None or spec.name in arguments.sets:
            run.one_set(spec)
            run.save()


if __name__ == "__main__":
    main()
