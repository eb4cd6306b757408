#!/usr/bin/env python3
"""Turns results of Google Benchmark into a Markdown table and the named figures of a part.

    report.py PART OUT.tsv RESULT.json...

Every value is the median of the repetitions. A benchmark that reported an error, and a figure that no
benchmark or more than one gives, fail the run after everything else was printed.
"""

import json
import re
import statistics
import sys
from pathlib import Path


def value(pattern, field, scale=1.0):
    """The field of the one benchmark whose name matches, times `scale`."""
    return lambda rows: find(rows, pattern)[field] * scale


def ratio(over, under, field):
    """The field of one benchmark divided by that of another."""
    return lambda rows: find(rows, over)[field] / find(rows, under)[field]


def ratio_of_best(over, under, field):
    """The largest field among the benchmarks that match `over`, divided by the largest among `under`."""
    def best(rows, pattern):
        return max((row[field] for name, row in rows.items() if re.search(pattern, name)), default=0.0)

    def figure(rows):
        if best(rows, over) == 0.0 or best(rows, under) == 0.0:
            raise ReportError(f"no benchmark matches {over} or {under}")
        return best(rows, over) / best(rows, under)

    return figure


# Part -> figure -> where it comes from. Patterns are searched in the names of benchmarks.
FIGURES = {
    "kernels": {
        "f32_scan_bandwidth_fraction": ratio_of_best(r"^stream/dot_4_rows/", r"^stream/read/", "GB/s"),
        "exact_query_bandwidth_fraction": ratio(r"^query_exact/n:100000/d:384", r"^read_sum/n:100000/d:384", "bytes_per_second"),
        "static_embedding_texts_per_second": value(r"^static_embedding/short", "items_per_second"),
        "add_per_second_384": value(r"^add/d:384/batch:100$", "items_per_second"),
        "chunking_mb_per_second": value(r"chunk_recursive_characters/size:1000", "bytes_per_second", 1e-6),
    },
}

TIME_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# Numbers that Google Benchmark writes for every run; others are counters of the benchmark's own.
OWN_FIELDS = {
    "family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads", "iterations",
    "real_time", "cpu_time", "items_per_second", "bytes_per_second", "seconds",
}


class ReportError(Exception):
    pass


def find(rows, pattern):
    names = [name for name in rows if re.search(pattern, name)]
    if len(names) != 1:
        raise ReportError(f"{len(names)} benchmarks match {pattern}" + "".join(f"\n  {name}" for name in names))
    return rows[names[0]]


def read_rows(paths):
    """Benchmark name -> medians of its numbers, in the order of the files; and the errors."""
    runs, errors = {}, []
    for path in paths:
        for run in json.loads(Path(path).read_text(encoding="utf-8"))["benchmarks"]:
            if run.get("error_occurred"):
                errors.append(f"{run['name']}: {run.get('error_message', 'failed')}")
            elif run.get("run_type") == "iteration":
                run["seconds"] = run["real_time"] * TIME_UNITS[run["time_unit"]]
                runs.setdefault(run["run_name"], []).append(run)
    return {name: medians(group) for name, group in runs.items()}, errors


def medians(group):
    numbers = [key for key, number in group[0].items() if isinstance(number, (int, float))]
    return {key: statistics.median(run[key] for run in group) for key in numbers}


def duration(seconds):
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def number(amount):
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.4g}"


def table(rows, figures):
    lines = ["| benchmark or figure | median | items/s | GB/s | counters |", "| --- | ---: | ---: | ---: | --- |"]
    for name, row in rows.items():
        items = number(row["items_per_second"]) if "items_per_second" in row else ""
        bandwidth = f"{row['bytes_per_second'] / 1e9:.3g}" if "bytes_per_second" in row else ""
        counters = ", ".join(f"{key} {number(row[key])}" for key in row if key not in OWN_FIELDS)
        lines.append(f"| {name} | {duration(row['seconds'])} | {items} | {bandwidth} | {counters} |")
    lines += [f"| **{name}** | **{number(figure)}** | | | |" for name, figure in figures.items()]
    return "\n".join(lines)


def figures_of(part, rows):
    figures, errors = {}, []
    for name, measure in FIGURES[part].items():
        try:
            figures[name] = measure(rows)
        except (ReportError, KeyError) as error:
            errors.append(f"{name}: {error}")
    return figures, errors


def main():
    part, out, *paths = sys.argv[1:]
    rows, errors = read_rows(paths)
    figures, missing = figures_of(part, rows)
    Path(out).write_text("".join(f"{name}\t{figure:.6g}\n" for name, figure in figures.items()), encoding="utf-8")
    print(table(rows, figures))
    for error in errors + missing:
        print(f"bench/report.py: {error}", file=sys.stderr)
    return 1 if errors or missing else 0


if __name__ == "__main__":
    sys.exit(main())
