"""The report of `bench/run.sh storage`: one Markdown table, the goals first."""

# figure -> sign, goal
GOALS = {
    "single_write_vs_fdatasync": ("<=", 1.3),
    "group_commit_efficiency": (">=", 0.7),
    "ingest_vs_sqlite": (">=", 2.0),
    "open_100k_ms": ("<=", 20.0),
    "open_first_answer_ms": ("<=", 30.0),
    "open_full_verify_ms": ("<=", 400.0),
    "resident_100k_mb": ("<=", 110.0),
    "p99_read_under_checkpoint_ratio": ("<=", 3.0),
}

NOTES = {
    "single_write_vs_fdatasync": "median of a durable row over pwrite + fdatasync of its log bytes, file preallocated",
    "single_write_vs_fdatasync_of_written_blocks": "the same, the file written with zeros before",
    "group_commit_efficiency": "1,000 rows a call: bytes/s over those of sequential writes with as many syncs",
    "ingest_vs_sqlite": "rows/s, 1,000 durable rows a call or transaction, no graph",
    "open_100k_ms": "after a clean close, in the page cache, verify lazy",
    "open_first_answer_ms": "the same and the first query",
    "open_full_verify_ms": "the same as open_100k_ms, verify full",
    "resident_without_queries_mb": "the same before that query",
    "resident_after_1000_queries_mb": "and with the vectors that 1,000 approximate queries looked at: pages of the file, which the system takes back",
    "cold/open_ms": "files dropped from the page cache before, verify lazy",
    "lazy/graph_loaded_ms": "until wait_until_indexed returns",
    "resident_100k_mb": "VmRSS after opening lazily, with the graph and all codes in memory (one exact query)",
    "checkpoint_ms": "of the whole database, nobody else there",
    "open_after_crash_ms": "log of 64 MB, verify lazy",
    "disk_bytes_per_row": "1,536 of it are the vector",
    "log_bytes_per_row": "1,000 rows a call",
}


def number(amount: float) -> str:
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.4g}"


def verdict(name: str, value: float) -> str:
    if name not in GOALS:
        return ""
    sign, goal = GOALS[name]
    met = value <= goal if sign == "<=" else value >= goal
    return f"{sign} {goal:g}, {'met' if met else '**not met**'}"


def line(name: str, value: str, goal: str) -> str:
    return f"| {name} | {value} | {goal} | {NOTES.get(name, '')} |"


def markdown(values: dict[str, float], rows: int, load: float) -> str:
    """The goals, then everything else in the order in which it was measured."""
    lines = [f"| figure ({rows:,} x 384, load {load:.1f}) | value | goal | |", "| --- | ---: | --- | --- |"]
    for name in GOALS:
        if name in values:
            lines.append(line(name, number(values[name]), verdict(name, values[name])))
        else:
            lines.append(line(name, "skipped: built without SQLite", ""))
    lines += [line(name, number(value), "") for name, value in values.items() if name not in GOALS]
    return "\n".join(lines) + "\n"
