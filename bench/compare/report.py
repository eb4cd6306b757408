#!/usr/bin/env python3
"""The report of the comparison from the results of drive.py.

    report.py RESULTS.json FOLDER      writes FOLDER/compare.md, .tsv and .svg; the Markdown goes to stdout too

Queries per second at a recall are interpolated, never extrapolated; see qps_at in figures.py.
"""

import json
import sys
from pathlib import Path

from figures import GOALS, Missing, Results, cost_figures, curve_of, evaluate, front, goal_of, is_met, named_figures, qps_at, rows_of
from plot import svg

SYSTEMS = ("scaup", "hnswlib", "faiss", "usearch", "zvec")


def number(amount: float | None) -> str:
    if amount is None:
        return ""
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.4g}"


def table(head: list[str], lines: list[list[str]]) -> str:
    rows = [head, ["---"] * 2 + ["---:"] * (len(head) - 2), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def goals_table(results: Results) -> str:
    values, reasons = evaluate(named_figures(), results)
    lines = []
    for name in GOALS:
        try:
            sign, goal = goal_of(name, results)
            wanted = f"{sign} {goal:g}"
        except Missing:  # the set that gives the dimension was not measured
            wanted = "<= d + 250"
        if name in values:
            lines.append([name, "met" if is_met(name, values[name], results) else "**below**", number(values[name]), wanted])
        else:
            lines.append([name, f"not available: {reasons[name]}", "", wanted])
    return table(["figure", "result", "value", "goal"], lines)


def system_lines(results: Results, data: str, kind: str) -> list[list[str]]:
    lines = []
    for system in SYSTEMS:
        if system in results["unavailable"]:
            lines.append([system, f"not available: {results['unavailable'][system]}"] + [""] * 7)
            continue
        rows = rows_of(results, set=data, system=system, kind=kind)
        measured = [row for row in rows if "error" not in row]
        lines += map(row_line, measured)
        if rows and not measured:
            lines.append([system, f"not available: {rows[0]['error']}"] + [""] * 7)
    return lines


def row_line(row: dict) -> list[str]:
    setting = row["setting"] + (", batch" if row["call"] == "batch" else "")
    cells = [row["qps"], row.get("p50_us"), row.get("p99_us"), row["build_s"], row["bytes_per_row"], row["index_bytes"] or None]
    return [row["system"], setting, f"{row['recall']:.4f}", *map(number, cells)]


def set_section(results: Results, entry: dict) -> str:
    data = entry["name"]
    if "error" in entry:
        return f"## {data}\n\nnot available: {entry['error']}\n"
    cosines = f"; mean cosine of the 1st and 10th neighbour: {entry['cosines']}" if entry.get("cosines") else ""
    read = results["read_bytes_per_second"].get(data, 0)
    speed = f"best read speed {read / 1e9:.1f} GB/s" if read else "read speed not measured"
    text = f"## {data}: {entry['rows']:,} x {entry['dimension']}\n\nOne core; {speed}{cosines}.\n\n"
    head = ["system", "setting", "recall@10", "QPS", "p50 us", "p99 us", "build s", "bytes/row", "index bytes"]
    for kind, title in (("exact", "Exact"), ("ann", "Approximate")):
        text += f"### {title}\n\n{table(head, system_lines(results, data, kind))}\n"
    return text + f"### At equal recall\n\n{equal_recall(results, data)}"


def equal_recall(results: Results, data: str) -> str:
    lines = []
    for system in SYSTEMS:
        points = curve_of(results, data, system)
        if points:
            cells = [number(qps_at(points, recall)) or "not reached" for recall in (0.9, 0.95, 0.99)]
            lines.append([system, f"{front(points)[0][0]:.4f} to {front(points)[-1][0]:.4f}", *cells])
    return table(["system", "recall measured", "QPS at .90", "QPS at .95", "QPS at .99"], lines)


def filtered_section(results: Results) -> str:
    if "filtered" not in results:
        return f"not available: {results['unavailable'].get('filtered', 'not measured')}\n"
    lines = [[row["filter"], f"{100 * row['share']:g} %", f"{row['recall']:.4f}", str(row["short_answers"]), number(row["p50_us"]),
              number(row["unfiltered_p50_us"]), number(row["p50_us"] / row["unfiltered_p50_us"])] for row in results["filtered"]]
    return table(["filter keeps", "share", "recall@10", "short answers", "p50 us", "unfiltered p50 us", "ratio"], lines)


def writes_section(results: Results) -> str:
    lines = [[what, name, number(value)] for what in ("churn", "writes") for name, value in results.get(what, {}).items()]
    return table(["workload", "measure", "value"], lines)


def cost_section(results: Results) -> str:
    columns = [evaluate(cost_figures(data), results)[0] for data in results["curve"]]
    names = list(cost_figures(""))
    return table(["figure", "of", *results["curve"]],
                 [[name, "scaup", *(number(column.get(name)) for column in columns)] for name in names])


def markdown(results: Results) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    title = "# scaup and its peers, side by side" + (" (quick: small sets, to try the harness)" if results["quick"] else "")
    text = f"{title}\n\n{results['machine']}; one thread, one core. {versions}.\n\n{goals_table(results)}\n"
    text += "".join(set_section(results, entry) + "\n" for entry in results["sets"])
    text += f"## Filtered queries of scaup ({results['main']})\n\n{filtered_section(results)}\n"
    text += f"## Writes ({results['main']})\n\n{writes_section(results)}\n"
    return text + f"## The curve of cost\n\n{cost_section(results)}"


def tsv(results: Results) -> str:
    figures, _ = evaluate(named_figures(), results)
    for data in results["curve"]:
        values, _ = evaluate(cost_figures(data), results)
        figures |= {f"{name}:{data}": value for name, value in values.items()}
    return "".join(f"{name}\t{value:.6g}\n" for name, value in figures.items())


def plot(results: Results) -> str:
    names = [entry["name"] for entry in results["sets"] if "error" not in entry]
    return svg({name: {system: front(curve_of(results, name, system)) for system in SYSTEMS} for name in names})


def main() -> None:
    source, folder = map(Path, sys.argv[1:])
    results = json.loads(source.read_text(encoding="utf-8"))
    text = markdown(results)
    for name, content in (("compare.md", text), ("compare.tsv", tsv(results)), ("compare.svg", plot(results))):
        (folder / name).write_text(content, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
