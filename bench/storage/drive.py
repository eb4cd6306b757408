#!/usr/bin/env python3
"""Runs bench_storage, step after step, each in a process of its own, and writes the report.

    drive.py --program BENCH_STORAGE --folder WORK_FOLDER --out FOLDER [--quick]

Writes FOLDER/storage.md and storage.tsv. A value that several runs gave is their median.
"""

import argparse
import datetime
import os
import statistics
import subprocess
import sys
from pathlib import Path

from report import markdown

ROWS, QUICK_ROWS = 100_000, 10_000
OPENINGS, QUICK_OPENINGS = 11, 3
CRASHES, QUICK_CRASHES = 3, 1

Values = dict[str, list[float]]


def say(text: str) -> None:
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def drop_from_cache(folder: Path) -> None:
    """Asks the system to forget the pages of these files; nobody has them mapped now."""
    for path in files_of(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def before_others(niceness: int) -> None:
    """Puts the process that is about to start before others, where that is allowed."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    except PermissionError:
        pass


class Run:
    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.rows = QUICK_ROWS if arguments.quick else ROWS
        self.openings = QUICK_OPENINGS if arguments.quick else OPENINGS
        self.crashes = QUICK_CRASHES if arguments.quick else CRASHES
        self.values: Values = {}

    def step(self, what: str, folder: str, argument: object = "", rename: str = "") -> None:
        """One process; `rename` goes before the names of what it measured."""
        path = self.arguments.folder / folder
        path.mkdir(parents=True, exist_ok=True)
        command = [str(self.arguments.program), what, str(path), str(argument)]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              preexec_fn=lambda: before_others(self.arguments.nice))
        if done.returncode != 0:
            sys.exit(done.stderr.strip() or f"{what} ended with {done.returncode}")
        for line in done.stdout.splitlines():
            name, value = line.split("\t")
            self.values.setdefault(rename + name, []).append(float(value))

    def note(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)

    def writes(self) -> None:
        say("writes in each mode")
        self.step("modes", "modes")
        say("single durable rows")
        self.step("single", "single")
        say("batches of 1,000 rows")
        self.step("encoding", "encoding")
        self.step("batches", "batches", self.rows)
        sqlite = self.arguments.folder / "batches" / "sqlite"
        if sqlite.exists():
            self.step("open_sqlite", "batches")
            self.note("sqlite_disk_bytes_per_row", sum(f.stat().st_size for f in sqlite.parent.glob("sqlite*")) / self.rows)

    def disk(self) -> None:
        for path in files_of(self.arguments.folder / "base"):
            kind = path.name.split("-")[0] if "-" in path.name else "other"
            self.note(f"disk/{kind}", path.stat().st_blocks * 512 / self.rows)
        for name in [name for name in self.values if name.startswith("disk/")]:
            self.values[name] = [sum(self.values[name])]
        self.note("disk_bytes_per_row", sum(values[0] for name, values in self.values.items() if name.startswith("disk/")))

    def openings_of(self) -> None:
        for level in ("lazy", "full", "off"):
            for _ in range(self.openings):
                self.step("open", "base", level, f"{level}/")
        for _ in range(min(self.openings, 5)):
            drop_from_cache(self.arguments.folder / "base")
            self.step("open", "base", "lazy", "cold/")
        self.step("open", "base", "lazy", "warm-up/")
        for _ in range(3):
            self.step("memory", "base")

    def database(self) -> None:
        say(f"a database of {self.rows:,} rows")
        self.step("make", "base", self.rows)
        self.disk()
        say("openings")
        self.openings_of()
        say("checkpoints")
        self.step("checkpoints", "base")
        say("openings after a crash")
        self.step("crash", "base")
        for _ in range(self.crashes):
            self.step("open_crashed", "base")

    def medians(self) -> dict[str, float]:
        values = {name: statistics.median(found) for name, found in self.values.items()}
        values["open_100k_ms"] = values["lazy/open_ms"]
        values["open_first_answer_ms"] = values["lazy/first_answer_ms"]
        values["open_full_verify_ms"] = values["full/open_ms"]
        values["resident_100k_mb"] = values["resident_after_exact_query_mb"]
        return values


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="for databases; on the disk to be measured")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, to try the harness")
    parser.add_argument("--nice", type=int, default=-15, help="priority of what is measured, where it may be set")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    run = Run(arguments)
    run.writes()
    run.database()
    values = run.medians()
    file = "storage.quick" if arguments.quick else "storage"
    tsv = "".join(f"{name}\t{value:.6g}\n" for name, value in values.items())
    (arguments.out / f"{file}.tsv").write_text(tsv, encoding="utf-8")
    text = markdown(values, run.rows, os.getloadavg()[0])
    (arguments.out / f"{file}.md").write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
