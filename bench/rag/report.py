#!/usr/bin/env python3
"""The report of `bench/run.sh rag`: `report.py LINES FOLDER` writes FOLDER/rag.md and rag.tsv, and prints the first."""

import os
import statistics
import sys
from pathlib import Path

# figure -> sign, goal
GOALS = {"ask_p50_ms": ("<=", 5.0), "sync_unchanged_mb_s": (">=", 200.0)}
LARGEST = "scifact"  # 5,183 documents


def read(path: Path) -> dict[str, float]:
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {name: float(value) for name, value in lines}


def with_named(values: dict[str, float]) -> dict[str, float]:
    """And the figures that stand for all collections."""
    named = dict(values)
    for name in ("ask_p50_ms", "ask_p99_ms", "ingest_documents_per_second", "ingest_mb_per_second"):
        if f"{LARGEST}/{name}" in values:
            named[name] = values[f"{LARGEST}/{name}"]
    for name in ("extractive_citation_precision", "success_at_1"):
        each = [value for key, value in values.items() if key.endswith("/" + name)]
        if each:
            named[name] = statistics.fmean(each)
    return named


def verdict(name: str, value: float) -> str:
    if name not in GOALS:
        return ""
    sign, goal = GOALS[name]
    met = value <= goal if sign == "<=" else value >= goal
    return f"{sign} {goal:g}, {'met' if met else '**not met**'}"


def main() -> None:
    values = with_named(read(Path(sys.argv[1])))
    out = Path(sys.argv[2])
    load = os.getloadavg()[0]
    rows = [f"| figure (load {load:.1f}) | value | goal |", "| --- | ---: | --- |"]
    rows += [f"| {name} | {value:,.4g} | {verdict(name, value)} |" for name, value in sorted(values.items(), key=lambda x: "/" in x[0])]
    (out / "rag.md").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (out / "rag.tsv").write_text("".join(f"{name}\t{value:.6g}\n" for name, value in values.items()), encoding="utf-8")
    print("\n".join(rows))


main()
