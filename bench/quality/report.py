"""The report of `bench/run.sh quality`: named figures, and one page of Markdown."""

import statistics
from typing import Any, Callable

Results = dict[str, Any]

# nDCG@10 of the reference scorer (README of the shared data: k1 1.2, b 0.75, exact lengths); the goal is this less 0.005.
REFERENCE = {"scifact": 0.6829, "cranfield": 0.3590, "cisi": 0.3844, "cacm": 0.4966, "lisa": 0.4966, "xquad-en": 0.9647}
TOLERANCE = 0.005
# Collections by which no default was chosen.
BLIND = ("cranfield", "xquad-en")

# The figures that must be at least, or at most, so large; those of BM25 follow from REFERENCE.
GOALS = {
    "bm25_scifact_ndcg10": 0.680, "hybrid_gain_mean": 0.05, "hybrid_above_both_parts": 1,
    "bm25_vs_fts5": 3, "bm25_vs_xapian": 1.5, "bm25_vs_tantivy": 1.2, "bm25_vs_bm25s": 2, "chunk_recursive_mb_s": 100,
}
AT_MOST = {"hybrid_p50_ms": 3.0}
PEERS = ("fts5", "xapian", "tantivy", "bm25s", "bm25s_numba")

TITLES = {
    "keyword": "keyword (BM25)", "dense": "dense (built-in model)", "reciprocal_rank": "fusion: reciprocal rank",
    "relative_score": "fusion: relative score", "distribution_based": "fusion: distribution-based", "centred": "sum: words and centred vectors",
    "titles": "sum: and titles", "hybrid": "**default hybrid**", "adaptive": "default, adaptive weights",
    "scaup": "scaup", "scaup_index": "scaup, index of words alone", "scaup_hybrid": "scaup, hybrid", "fts5": "SQLite FTS5", "xapian": "Xapian",
    "tantivy": "tantivy", "bm25s": "bm25s", "bm25s_numba": "bm25s, numba",
}
MEASURES = ("nDCG@10", "recall@100", "MRR@10")


def goal_of(name: str) -> tuple[str, float] | None:
    if name in AT_MOST:
        return "<=", AT_MOST[name]
    if name in GOALS:
        return ">=", GOALS[name]
    reference = REFERENCE.get(name.removeprefix("bm25_").removesuffix("_ndcg10"))
    return (">=", reference - TOLERANCE) if reference else None


def mean_of(rows: list[dict[str, Any]], system: str, measure: str = "nDCG@10") -> float:
    return next(row["measures"][measure]["mean"] for row in rows if row["system"] == system)


def ranking_figures(rankings: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    figures, gains, above = {}, [], True
    for name, rows in rankings.items():
        keyword, dense, hybrid = (mean_of(rows, system) for system in ("keyword", "dense", "hybrid"))
        figures |= {f"bm25_{name}_ndcg10": keyword, f"hybrid_{name}_ndcg10": hybrid}
        gains.append(hybrid / keyword - 1)
        above = above and hybrid > keyword and hybrid > dense
    return figures | {"hybrid_gain_mean": statistics.mean(gains), "hybrid_above_both_parts": float(above)}


def times_faster(systems: dict[str, Any], peer: str) -> float:
    """Median over the rounds."""
    return statistics.median(a / b for a, b in zip(systems["scaup"]["qps"], systems[peer]["qps"]))


def speed_figures(speed: Results) -> dict[str, float]:
    systems, figures = speed["systems"], {}
    if "scaup" in systems:
        figures["bm25_qps"] = statistics.median(systems["scaup"]["qps"])
        figures |= {f"bm25_vs_{peer}": times_faster(systems, peer) for peer in PEERS if peer in systems}
    for figure, system in (("text_index_mb_s", "scaup"), ("text_index_with_merges_mb_s", "scaup_index")):
        if system in systems:
            figures[figure] = speed["text_bytes"] * 1e-6 / systems[system]["build_s"]
    if "scaup_hybrid" in systems:
        figures["hybrid_p50_ms"] = systems["scaup_hybrid"]["p50_ms"]
    return figures


def figures_of(results: Results) -> dict[str, float]:
    figures: dict[str, float] = {}
    if "rankings" in results:
        figures |= ranking_figures(results["rankings"])
    if "speed" in results:
        figures |= speed_figures(results["speed"])
    if "chunking" in results:
        figures["chunk_recursive_mb_s"] = results["chunking"]["chunk_recursive_characters/size:1000"]
    return figures


def number(amount: float) -> str:
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.4g}"


def table(head: list[str], lines: list[list[str]], left: int = 1) -> str:
    rows = [head, ["---"] * left + ["---:"] * (len(head) - left), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def goals_table(results: Results) -> str:
    lines = []
    figures = figures_of(results)
    for name in [*figures, *(name for name in (*GOALS, *AT_MOST) if name not in figures)]:
        goal = goal_of(name)
        wanted = f"{goal[0]} {goal[1]:.4g}" if goal else ""
        if name not in figures:
            lines.append([name, "skipped", wanted, ""])
            continue
        value = figures[name]
        met = not goal or (value <= goal[1] if goal[0] == "<=" else value >= goal[1])
        lines.append([name, number(value), wanted, "" if not goal else "met" if met else "**not met**"])
    return table(["figure", "value", "goal", ""], lines)


def interval(measure: dict[str, float]) -> str:
    return f"{measure['mean']:.4f} [{measure['low']:.3f}, {measure['high']:.3f}]"


def gain(measure: dict[str, float]) -> str:
    return f"{measure['gain']:+.4f} [{measure['gain_low']:+.3f}, {measure['gain_high']:+.3f}]"


def collection_section(name: str, rows: list[dict[str, Any]]) -> str:
    blind = ", **blind**" if name in BLIND else ""
    lines = []
    for row in rows:
        measures = row["measures"]
        difference = "" if row["system"] == "keyword" else gain(measures["nDCG@10"])
        lines.append([TITLES[row["system"]], interval(measures["nDCG@10"]), difference, *(f"{measures[m]['mean']:.4f}" for m in MEASURES[1:])])
    head = ["system", "nDCG@10", "less keyword", *MEASURES[1:]]
    return f"### {name}{blind}: {rows[0]['documents']:,} documents, {rows[0]['queries']:,} queries\n\n{table(head, lines)}\n"


def means_table(rankings: dict[str, list[dict[str, Any]]]) -> str:
    """nDCG@10 of every system, one column a collection, and the mean relative gain over keyword search."""
    systems = [row["system"] for row in next(iter(rankings.values()))]
    head = ["nDCG@10", *(f"{name} (blind)" if name in BLIND else name for name in rankings), "mean gain"]
    lines = []
    for system in systems:
        values = [mean_of(rows, system) for rows in rankings.values()]
        gains = [mean_of(rows, system) / mean_of(rows, "keyword") - 1 for rows in rankings.values()]
        lines.append([TITLES[system], *(f"{value:.4f}" for value in values), f"{100 * statistics.mean(gains):+.1f} %"])
    return table(head, lines)


def optional(value: float | None, form: Callable[[float], str]) -> str:
    return "" if value is None else form(value)


def speed_section(speed: Results) -> str:
    mb = speed["text_bytes"] * 1e-6
    lines = []
    for name, system in speed["systems"].items():
        label = f"{TITLES[name]} {system['version']}"
        cells = [number(statistics.median(system["qps"])), f"{system['p50_ms']:.3f}", f"{system['p99_ms']:.3f}"]
        cells += [optional(system["ndcg"], lambda x: f"{x:.4f}"), optional(system["overlap"], lambda x: f"{100 * x:.0f} %")]
        lines.append([label, *cells, f"{system['build_s']:.1f}", f"{mb / system['build_s']:.1f}"])
    lines += [[TITLES[name], f"not available: {why}", *[""] * 6] for name, why in speed["unavailable"].items()]
    head = ["system", "queries/s", "p50 ms", "p99 ms", "nDCG@10", "same top 10", "build s", "MB/s"]
    return (f"{speed['documents']:,} documents ({speed['records']:,} distinct ones, {mb:.0f} MB), {speed['queries']:,} queries, k = 10, one core, processor time.\n\n"
            + table(head, lines))


def markdown(results: Results) -> str:
    title = "# Quality of retrieval, and its speed beside peers" + (" (quick: to try the harness)" if results["quick"] else "")
    load = f"load {results['load_before']:.1f} before, {results['load_after']:.1f} after"
    text = f"{title}\n\n{results['machine']}; {load}.\n\n{goals_table(results)}"
    if "rankings" in results:
        text += f"\n## Rankings\n\n{means_table(results['rankings'])}\n"
        text += "".join(collection_section(name, rows) for name, rows in results["rankings"].items()).rstrip("\n") + "\n"
    if "speed" in results:
        text += f"\n## Speed of keyword search\n\n{speed_section(results['speed'])}"
    if "chunking" in results:
        lines = [[name, number(value)] for name, value in results["chunking"].items()]
        text += f"\n## Chunkers\n\n{table(['chunker', 'MB/s'], lines)}"
    if "rankings" not in results and "speed" not in results:
        text += "\nskipped: SCAUP_SHARED_DATA does not name a folder with test collections.\n"
    return text
