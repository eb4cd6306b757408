#!/usr/bin/env python3
"""Runs bench_net, the server and each measurement in processes of their own, and writes the report.

    drive.py --program BENCH_NET --out FOLDER [--quick]

Writes FOLDER/net.md and net.tsv. A value that several runs gave is their median.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
from pathlib import Path

DELAY_MS = 20
DIMENSION = 1536

# figure -> sign, goal
GOALS = {
    "batch_vs_single": (">=", 50.0),
    "request_overhead_us": ("<=", 50.0),
    "json_decode_mb_s": (">=", 500.0),
    "base64_decode_mb_s": (">=", 500.0),
}

NOTES = {
    "batch_vs_single": "texts/s of 10,000 short texts over those of 200 sent one request a text, one at a time",
    "request_overhead_us": "median exchange through HttpTransport less that of a bare curl_easy_perform, in turns of a hundred; one processor",
    "request_overhead_any_processor_us": "the same where the system places the threads, and wakes halted processors",
    "request_overhead_awake_us": "the same placed by the system while no processor halts",
    "json_decode_mb_s": "a reply of 2,048 x 1,536 numbers of 9 digits, to a matrix; one thread's processor time",
    "json_decode_vs_from_chars": "that beside std::from_chars over the numbers of the same text, without JSON or matrix",
    "base64_decode_mb_s": "the same vectors as base64",
    "peak_memory_mb": "beyond texts and vectors: 10,000 texts of 2 KB, 128 a call, 4 calls at once",
    "peak_memory_of_twice_the_texts_mb": "the same with 20,000 texts",
    "vectors_mb": "the result of these 10,000",
}

Values = dict[str, list[float]]


@contextlib.contextmanager
def one_processor():
    """What starts in the block runs on one processor, server and client alike.

    Elsewhere the system's choice of processors for the three threads adds or hides some 50 us, run by run.
    """
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def take_what_is_left() -> None:
    """Puts the process that is about to start behind all others."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


@contextlib.contextmanager
def processors_awake():
    """No processor halts in the block: a loop of the lowest priority runs on each.

    Waking a halted one takes a virtual machine some 20 us, and an exchange wakes two threads more than libcurl
    alone. What is left is what the library itself takes.
    """
    loops = []
    for processor in os.sched_getaffinity(0):
        loops.append(subprocess.Popen([sys.executable, "-c", "while True: pass"], preexec_fn=take_what_is_left))
        os.sched_setaffinity(loops[-1].pid, {processor})
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@contextlib.contextmanager
def server(program: Path, delay_ms: int):
    """Its address; it ends with its standard input."""
    command = [program, "serve", str(delay_ms), str(DIMENSION)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(timeout=60)


def measure(values: Values, program: Path, what: str, *arguments: object, rename: dict[str, str] | None = None) -> None:
    done = subprocess.run([program, what, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip() or f"{what} ended with {done.returncode}")
    for line in done.stdout.splitlines():
        name, value = line.split("\t")
        if rename is not None:
            name = rename.get(name)
        if name is not None:
            values.setdefault(name, []).append(float(value))


def measure_all(program: Path, quick: bool) -> dict[str, float]:
    values: Values = {}
    texts = 1000 if quick else 10_000
    rounds = 1 if quick else 3
    for _ in range(rounds):
        with server(program, DELAY_MS) as url:
            measure(values, program, "batches", url, texts)
        exchanges = 300 if quick else 3000
        with one_processor(), server(program, 0) as url:
            measure(values, program, "overhead", url, exchanges)
        with server(program, 0) as url:
            measure(values, program, "overhead", url, exchanges,
                    rename={"request_overhead_us": "request_overhead_any_processor_us"})
        with processors_awake(), server(program, 0) as url:
            measure(values, program, "overhead", url, exchanges,
                    rename={"request_overhead_us": "request_overhead_awake_us"})
        measure(values, program, "decoding", 3 if quick else 9)
        with server(program, DELAY_MS) as url:
            measure(values, program, "memory", url, texts)
            measure(values, program, "memory", url, 2 * texts,
                    rename={"peak_memory_mb": "peak_memory_of_twice_the_texts_mb"})
    return {name: statistics.median(found) for name, found in values.items()}


def verdict(name: str, value: float) -> str:
    if name not in GOALS:
        return ""
    sign, goal = GOALS[name]
    met = value <= goal if sign == "<=" else value >= goal
    return f"{sign} {goal:g}, {'met' if met else '**not met**'}"


def markdown(values: dict[str, float]) -> str:
    """The goals, then everything else in the order in which it was measured."""
    lines = [f"| figure (delay {DELAY_MS} ms, load {os.getloadavg()[0]:.1f}) | value | goal | |", "| --- | ---: | --- | --- |"]
    for name in [*GOALS, *(name for name in values if name not in GOALS)]:
        lines.append(f"| {name} | {values[name]:,.4g} | {verdict(name, values[name])} | {NOTES.get(name, '')} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a tenth of the texts, one round: for a look")
    arguments = parser.parse_args()
    values = measure_all(arguments.program, arguments.quick)
    suffix = ".quick" if arguments.quick else ""
    (arguments.out / f"net{suffix}.tsv").write_text("".join(f"{name}\t{value:.6g}\n" for name, value in values.items()))
    table = markdown(values)
    (arguments.out / f"net{suffix}.md").write_text(table)
    print(table, end="")


if __name__ == "__main__":
    main()
