#!/usr/bin/env python3
"""Measures rankings on the test collections and the speed of keyword search beside peers, and writes the report.

    drive.py --programs FOLDER --chunking PROGRAM --out FOLDER [--python VENV_PYTHON] [--quick] [--only rankings|speed]

Test collections are those of $SCAUP_SHARED_DATA/collections. Writes FOLDER/quality.md, .tsv and .json.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from corpus import Corpus
from report import figures_of, markdown
from workers import NATIVE, PYTHON, command_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from worker_process import Worker  # noqa: E402 (beside both benches)

DOCUMENTS, QUICK_DOCUMENTS = 100_000, 20_000
SAMPLE = 1_000
ROUNDS, QUICK_ROUNDS = 5, 2
K = 10
SYSTEMS = (*NATIVE, *PYTHON)


def say(text: str) -> None:
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def collections() -> list[Path]:
    folder = os.environ.get("SCAUP_SHARED_DATA")
    if not folder:
        return []
    return sorted(path.parent for path in (Path(folder) / "collections").glob("*/corpus.jsonl"))


def rankings(arguments: argparse.Namespace, found: list[Path]) -> dict[str, list[dict[str, Any]]]:
    results = {}
    for folder in found:
        say(f"rankings of {folder.name}")
        done = subprocess.run([str(arguments.programs / "quality_rankings"), str(folder)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stderr.strip() or f"quality_rankings ended with {done.returncode}")
        results[folder.name] = [json.loads(line) for line in done.stdout.splitlines()]
    return results


def chunking(arguments: argparse.Namespace) -> dict[str, float]:
    """Megabytes a second, the median of five runs."""
    say("chunkers")
    command = [str(arguments.chunking), "--benchmark_filter=recursive", "--benchmark_repetitions=5", "--benchmark_format=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    runs: dict[str, list[float]] = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run.get("run_type") == "iteration":
            runs.setdefault(run["run_name"].removeprefix("BM_"), []).append(run["bytes_per_second"] * 1e-6)
    return {name: statistics.median(values) for name, values in runs.items()}


class Speed:
    """All systems over one corpus, taking turns."""

    def __init__(self, arguments: argparse.Namespace, found: list[Path]):
        self.arguments = arguments
        self.documents = QUICK_DOCUMENTS if arguments.quick else DOCUMENTS
        self.rounds = QUICK_ROUNDS if arguments.quick else ROUNDS
        folder = arguments.out / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        self.corpus = Corpus(found, folder, SAMPLE)
        self.copies = -(-self.documents // self.corpus.records)
        self.systems: dict[str, dict[str, Any]] = {}
        self.unavailable: dict[str, str] = {}

    def start(self) -> dict[str, Worker]:
        workers = {}
        for name in self.arguments.systems:
            corpus = [str(self.corpus.folder), "queries.txt", str(self.documents)]
            command = command_of(name, self.arguments.programs, self.arguments.python, corpus)
            if isinstance(command, str):
                self.unavailable[name] = command
                continue
            worker = Worker(name, command, self.arguments.out / "quality.log", self.arguments.nice)
            say(f"{name} builds")
            built = {"error": worker.error} if worker.error else worker.ask("build")
            if "error" in built:
                self.unavailable[name] = built["error"]
                worker.stop()
                continue
            self.systems[name] = {"version": worker.version, "build_s": built["build_s"], "ns": [], "ids": []}
            workers[name] = worker
        return workers

    def one_round(self, number: int, workers: dict[str, Worker]) -> None:
        say(f"round {number + 1} of {self.rounds}")
        for name, worker in workers.items():
            answer = worker.ask("ask", number, self.rounds, K)
            if "error" in answer:
                self.unavailable[name] = answer["error"]
                continue
            self.systems[name]["ns"].append(answer["ns"])
            self.systems[name]["ids"].append(answer["ids"])

    def judge(self, workers: dict[str, Worker]) -> None:
        """With so many results that ten distinct documents are among them, whatever the copies."""
        for name, worker in workers.items():
            answer = worker.ask("ask", 0, self.rounds, K * self.copies)
            if "error" not in answer:
                self.systems[name]["ndcg"] = self.corpus.ndcg(answer["ids"], 0, self.rounds)

    def run(self) -> dict[str, Any]:
        workers = self.start()
        try:
            for worker in workers.values():  # warm caches; what a system defers is done
                worker.ask("ask", 0, 20, K)
            time.sleep(1 if self.arguments.quick else 10)
            for number in range(self.rounds):
                self.one_round(number, workers)
            self.judge(workers)
        finally:
            for worker in workers.values():
                worker.stop()
        systems = {name: self.summary(system) for name, system in self.systems.items() if name not in self.unavailable}
        return {
            "documents": self.documents, "records": self.corpus.records, "queries": len(self.corpus.queries),
            "text_bytes": self.corpus.text_bytes(self.documents), "systems": systems, "unavailable": self.unavailable,
        }

    def summary(self, system: dict[str, Any]) -> dict[str, Any]:
        times = sorted(time for one in system["ns"] for time in one)
        return {
            "version": system["version"], "build_s": system["build_s"], "ndcg": system.get("ndcg"),
            "qps": [len(one) / (sum(one) * 1e-9) for one in system["ns"]],
            "p50_ms": times[len(times) // 2] * 1e-6, "p99_ms": times[int(0.99 * (len(times) - 1))] * 1e-6,
            "overlap": self.overlap(system["ids"]),
        }

    def overlap(self, found: list[list[list[int]]]) -> float | None:
        """The share of our ten best that the system has among its own; a copy is as good as another."""
        if "scaup" not in self.systems:
            return None
        shares = []
        for ours, theirs in zip(self.systems["scaup"]["ids"], found):
            for a, b in zip(ours, theirs):
                if a:
                    shares.append((self.records_of(a) & self.records_of(b)).total() / len(a))
        return statistics.mean(shares)

    def records_of(self, ids: list[int]) -> Counter[int]:
        return Counter(number % self.corpus.records for number in ids)


def machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {os.cpu_count()} cores"
    return f"{os.cpu_count()} cores"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, required=True, help="folder of quality_rankings and the others")
    parser.add_argument("--chunking", type=Path, required=True, help="the program bench_chunking")
    parser.add_argument("--python", type=Path, help="interpreter that has the packages of requirements.txt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="fewer documents and rounds, to try the harness")
    parser.add_argument("--only", choices=("rankings", "speed"), help="one of the two")
    parser.add_argument("--systems", type=lambda text: text.split(","), default=list(SYSTEMS), help="only these")
    parser.add_argument("--nice", type=int, default=-15, help="priority of what is measured for speed, where it may be set")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    found = collections()
    results: dict[str, Any] = {"machine": machine(), "quick": arguments.quick, "load_before": os.getloadavg()[0]}
    if not found:
        say("skipped: SCAUP_SHARED_DATA does not name a folder with test collections (<folder>/collections/<name>/corpus.jsonl)")
    if found and arguments.only != "speed":
        results["rankings"] = rankings(arguments, found)
    if arguments.only != "rankings":
        results["chunking"] = chunking(arguments)
        if found:
            results["speed"] = Speed(arguments, found).run()
    results["load_after"] = os.getloadavg()[0]
    partial = arguments.quick or arguments.only or list(SYSTEMS) != arguments.systems
    file = arguments.out / ("quality.partial" if partial else "quality")
    Path(f"{file}.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    tsv = "".join(f"{name}\t{value:.6g}\n" for name, value in figures_of(results).items())
    Path(f"{file}.tsv").write_text(tsv, encoding="utf-8")
    text = markdown(results)
    Path(f"{file}.md").write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
