"""The named figures of the comparison, from the results of drive.py."""

import math
from typing import Any, Callable

Results = dict[str, Any]
Curve = list[tuple[float, float]]  # recall, queries per second

# Figure -> its goal: at least (>=) or at most (<=) this. None: depends on the dimension.
GOALS: dict[str, tuple[str, float | None]] = {
    "exact_vs_hnswlib_bruteforce": (">=", 5),
    "exact_vs_faiss_flat": (">=", 4),
    "exact_bandwidth_fraction": (">=", 0.8),
    "batch_exact_vs_faiss_flat": (">=", 1.2),
    "ann_vs_hnswlib_r95": (">=", 2.2),
    "ann_vs_hnswlib_r99": (">=", 2.2),
    "ann_vs_faiss_r95": (">=", 2),
    "ann_vs_usearch_r95": (">=", 2),
    "ann_vs_zvec_r95": (">=", 2),
    "build_vs_hnswlib": (">=", 1.5),
    "filtered_recall_min": (">=", 0.95),
    "filtered_slowdown_max": ("<=", 2),
    "churn_recall": (">=", 0.95),
    "p99_read_under_write_ratio": ("<=", 3),
    "bytes_per_row_overhead": ("<=", None),
}
OVERHEAD_BEYOND_DIMENSION = 250


class Missing(Exception):
    """Why a figure cannot be given."""


def rows_of(results: Results, **wanted: str) -> list[dict]:
    return [row for row in results["rows"] if all(row.get(key) == value for key, value in wanted.items())]


def one(results: Results, **wanted: str) -> dict:
    rows = rows_of(results, **wanted)
    what = " ".join(wanted.values())
    if not rows:
        reason = results["unavailable"].get(wanted.get("system", ""), "not measured")
        raise Missing(f"{what}: {reason}")
    if "error" in rows[0]:
        raise Missing(f"{what}: {rows[0]['error']}")
    return rows[0]


def front(points: Curve) -> Curve:
    """The points that no other beats in both recall and speed, by rising recall."""
    best: Curve = []
    for recall, qps in sorted(points, reverse=True):
        if not best or qps > best[-1][1]:
            best.append((recall, qps))
    return best[::-1]


def qps_at(points: Curve, recall: float) -> float | None:
    """Queries per second at this recall: linear in log(QPS) between the two neighbours on the front.

    Never extrapolated. Where every point has more recall, the fastest of them counts, which gives at least what is
    asked for; where none has so much, there is no answer.
    """
    curve = front(points)
    if not curve or curve[-1][0] < recall:
        return None
    if curve[0][0] >= recall:
        return curve[0][1]
    right = next(i for i, point in enumerate(curve) if point[0] >= recall)
    (r0, q0), (r1, q1) = curve[right - 1], curve[right]
    return math.exp(math.log(q0) + (math.log(q1) - math.log(q0)) * (recall - r0) / (r1 - r0))


def curve_of(results: Results, data: str, system: str) -> Curve:
    """One query per call. What scaup answers without a graph counts too: it is what its users would get."""
    rows = rows_of(results, set=data, system=system, kind="ann", call="one")
    return [(row["recall"], row["qps"]) for row in rows if "error" not in row]


def ann_qps(results: Results, data: str, system: str, recall: float) -> float:
    points = curve_of(results, data, system)
    if not points:
        raise Missing(f"{system} on {data}: {results['unavailable'].get(system, 'not measured')}")
    qps = qps_at(points, recall)
    if qps is None:
        raise Missing(f"{system} on {data} does not reach recall {recall}")
    return qps


def ann_ratio(results: Results, data: str, system: str, recall: float) -> float:
    return ann_qps(results, data, "scaup", recall) / ann_qps(results, data, system, recall)


def exact_ratio(results: Results, data: str, system: str, call: str) -> float:
    ours = one(results, set=data, system="scaup", kind="exact", call=call)
    return ours["qps"] / one(results, set=data, system=system, kind="exact", call=call)["qps"]


def shape_of(results: Results, data: str) -> tuple[int, int]:
    for entry in results["sets"]:
        if entry["name"] == data and "rows" in entry:
            return entry["rows"], entry["dimension"]
    raise Missing(f"{data}: not measured")


def bandwidth_fraction(results: Results, data: str) -> float:
    """Bytes of int8 codes that the queries of a second cover, against the best read speed of the same run."""
    rows, dimension = shape_of(results, data)
    read = results["read_bytes_per_second"].get(data, 0)
    if not read:
        raise Missing("the read speed was not measured")
    return rows * dimension * one(results, set=data, system="scaup", kind="exact", call="one")["qps"] / read


def built(results: Results, data: str, system: str) -> dict:
    for row in rows_of(results, set=data, system=system, kind="ann"):
        if "error" not in row and row["graph"]:
            return row
    raise Missing(f"{system} on {data}: {results['unavailable'].get(system, 'no graph was built')}")


def build_ratio(results: Results, data: str) -> float:
    return built(results, data, "hnswlib")["build_s"] / built(results, data, "scaup")["build_s"]


def overhead(results: Results, data: str) -> float:
    _, dimension = shape_of(results, data)
    return one(results, set=data, system="scaup", kind="exact", call="one")["bytes_per_row"] - 4 * dimension


def smaller(results: Results, system: str, recall: float) -> float:
    """Of the two sets; both must have been measured."""
    return min(ann_ratio(results, results[which], system, recall) for which in ("main", "real"))


def filtered(results: Results) -> list[dict]:
    if "filtered" not in results:
        raise Missing(results["unavailable"].get("filtered", "not measured"))
    return results["filtered"]


def measured(results: Results, what: str) -> dict:
    if what not in results:
        raise Missing(results["unavailable"].get(what, "not measured"))
    return results[what]


def churn_recall(results: Results) -> float:
    churn = measured(results, "churn")
    return min(churn["recall_at_once"], churn["recall_indexed"])


def p99_ratio(results: Results) -> float:
    writes = measured(results, "writes")
    return writes["beside_p99_us"] / writes["idle_p99_us"]


def named_figures() -> dict[str, Callable[[Results], float]]:
    figures: dict[str, Callable[[Results], float]] = {
        "exact_vs_hnswlib_bruteforce": lambda r: exact_ratio(r, r["main"], "hnswlib", "one"),
        "exact_vs_faiss_flat": lambda r: exact_ratio(r, r["main"], "faiss", "one"),
        "exact_bandwidth_fraction": lambda r: bandwidth_fraction(r, r["main"]),
        "batch_exact_vs_faiss_flat": lambda r: exact_ratio(r, r["main"], "faiss", "batch"),
        "ann_vs_hnswlib_r95": lambda r: smaller(r, "hnswlib", 0.95),
        "ann_vs_hnswlib_r99": lambda r: smaller(r, "hnswlib", 0.99),
        "ann_vs_faiss_r95": lambda r: smaller(r, "faiss", 0.95),
        "ann_vs_usearch_r95": lambda r: smaller(r, "usearch", 0.95),
        "ann_vs_zvec_r95": lambda r: smaller(r, "zvec", 0.95),
        "build_vs_hnswlib": lambda r: build_ratio(r, r["main"]),
        "filtered_recall_min": lambda r: min(row["recall"] for row in filtered(r)),
        "filtered_slowdown_max": lambda r: max(row["p50_us"] / row["unfiltered_p50_us"] for row in filtered(r)),
        "churn_recall": churn_recall,
        "p99_read_under_write_ratio": p99_ratio,
        "bytes_per_row_overhead": lambda r: overhead(r, r["main"]),
    }
    assert list(figures) == list(GOALS)
    return figures


def cost_figures(data: str) -> dict[str, Callable[[Results], float]]:
    """The same figures for one set of the curve of cost, by the set's name."""
    def exact(field: str) -> Callable[[Results], float]:
        return lambda r: one(r, set=data, system="scaup", kind="exact", call="one")[field]

    return {
        "exact_p50_us": exact("p50_us"),
        "exact_p99_us": exact("p99_us"),
        "exact_vs_hnswlib_bruteforce": lambda r: exact_ratio(r, data, "hnswlib", "one"),
        "exact_vs_faiss_flat": lambda r: exact_ratio(r, data, "faiss", "one"),
        "exact_bandwidth_fraction": lambda r: bandwidth_fraction(r, data),
        "batch_exact_vs_faiss_flat": lambda r: exact_ratio(r, data, "faiss", "batch"),
        "ann_qps_r95": lambda r: ann_qps(r, data, "scaup", 0.95),
        "ann_qps_r99": lambda r: ann_qps(r, data, "scaup", 0.99),
        "ann_vs_hnswlib_r95": lambda r: ann_ratio(r, data, "hnswlib", 0.95),
        "ann_vs_hnswlib_r99": lambda r: ann_ratio(r, data, "hnswlib", 0.99),
        "ann_vs_faiss_r95": lambda r: ann_ratio(r, data, "faiss", 0.95),
        "ann_vs_usearch_r95": lambda r: ann_ratio(r, data, "usearch", 0.95),
        "ann_vs_zvec_r95": lambda r: ann_ratio(r, data, "zvec", 0.95),
        "build_s": lambda r: built(r, data, "scaup")["build_s"],
        "build_vs_hnswlib": lambda r: build_ratio(r, data),
        "bytes_per_row_overhead": lambda r: overhead(r, data),
    }


def evaluate(figures: dict[str, Callable[[Results], float]], results: Results) -> tuple[dict[str, float], dict[str, str]]:
    """The values that there are, and for the others why not."""
    values, reasons = {}, {}
    for name, measure in figures.items():
        try:
            values[name] = measure(results)
        except Missing as missing:
            reasons[name] = str(missing)
    return values, reasons


def goal_of(name: str, results: Results) -> tuple[str, float]:
    sign, goal = GOALS[name]
    return sign, shape_of(results, results["main"])[1] + OVERHEAD_BEYOND_DIMENSION if goal is None else goal


def is_met(name: str, value: float, results: Results) -> bool:
    sign, goal = goal_of(name, results)
    if name == "filtered_recall_min" and any(row["short_answers"] for row in filtered(results)):
        return False
    return value >= goal if sign == ">=" else value <= goal
