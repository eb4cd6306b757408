#!/usr/bin/env python3
"""Feeds made-up results to bench/compare/report.py and checks names, interpolation, goals, tables and the plot.

    compare_report_test.py FOLDER_OF_REPORT_PY
"""

import copy
import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path
from typing import Any

COMPARE = Path(sys.argv.pop(1))
sys.dont_write_bytecode = True
sys.path.insert(0, str(COMPARE))
import figures  # noqa: E402  (the folder is an argument)

# The names that the project promised, in their order.
NAMES = """exact_vs_hnswlib_bruteforce exact_vs_faiss_flat exact_bandwidth_fraction batch_exact_vs_faiss_flat
ann_vs_hnswlib_r95 ann_vs_hnswlib_r99 ann_vs_faiss_r95 ann_vs_usearch_r95 ann_vs_zvec_r95 build_vs_hnswlib
filtered_recall_min filtered_slowdown_max churn_recall p99_read_under_write_ratio bytes_per_row_overhead""".split()

CURVES = {  # recall and queries per second of each system
    "scaup": [(0.9, 4000.0), (1.0, 1000.0)],
    "hnswlib": [(0.9, 1000.0), (1.0, 250.0), (0.8, 900.0)],  # the last point is beaten by the first
    "faiss": [(0.9, 500.0), (1.0, 500.0)],
    "usearch": [(0.97, 800.0), (0.99, 400.0)],
    "zvec": [(0.5, 800.0), (0.94, 400.0)],
}
EXACT_QPS = {"scaup": 500.0, "hnswlib": 100.0, "faiss": 125.0, "usearch": 50.0, "zvec": 50.0}
BUILD_S = {"scaup": 40.0, "hnswlib": 60.0, "faiss": 90.0, "usearch": 120.0, "zvec": 90.0}


def rows_of_set(data: str) -> list[dict]:
    rows = []
    for system, curve in CURVES.items():
        common = {"set": data, "system": system, "build_s": BUILD_S[system], "bytes_per_row": 2000.0, "index_bytes": 0, "graph": True}
        exact = common | {"kind": "exact", "setting": "exact", "recall": 1.0, "p50_us": 1.0, "p99_us": 2.0}
        rows += [exact | {"call": "one", "qps": EXACT_QPS[system]}, exact | {"call": "batch", "qps": 2 * EXACT_QPS[system]}]
        for number, (recall, qps) in enumerate(curve):
            ann = {"kind": "ann", "call": "one", "setting": f"ef={number}", "recall": recall, "qps": qps, "p50_us": 1.0, "p99_us": 2.0}
            rows.append(common | ann)
    return rows


def results() -> dict[str, Any]:
    sets = ("main-set", "real-set", "small")
    return {
        "quick": False, "main": "main-set", "real": "real-set", "curve": ["small"], "machine": "a machine",
        "versions": {"scaup": "1", "zvec": "2"}, "unavailable": {},
        "sets": [{"name": name, "rows": 1000, "dimension": 400, "cosines": ""} for name in sets],
        "rows": [row for name in sets for row in rows_of_set(name)],
        "read_bytes_per_second": {name: 1000 * 400 * 500 / 0.8 for name in sets},
        "filtered": [
            {"filter": "any", "share": 0.5, "recall": 0.96, "short_answers": 0, "p50_us": 30.0, "unfiltered_p50_us": 20.0},
            {"filter": "far", "share": 0.1, "recall": 1.0, "short_answers": 0, "p50_us": 10.0, "unfiltered_p50_us": 20.0},
        ],
        "churn": {"rounds": 10, "recall_at_once": 0.97, "recall_indexed": 0.99},
        "writes": {"idle_p99_us": 100.0, "beside_p99_us": 250.0},
    }


def report(given: dict[str, Any]) -> tuple[str, dict[str, float], str]:
    """Markdown, figures and SVG, as the program writes them."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "compare.json"
        source.write_text(json.dumps(given))
        done = subprocess.run([sys.executable, "-B", COMPARE / "report.py", source, folder], check=True, capture_output=True, text=True)
        markdown = (Path(folder) / "compare.md").read_text()
        assert done.stdout.strip() == markdown.strip()
        lines = [line.split("\t") for line in (Path(folder) / "compare.tsv").read_text().splitlines()]
        return markdown, {name: float(value) for name, value in lines}, (Path(folder) / "compare.svg").read_text()


def line_of(markdown: str, name: str) -> str:
    return next(line for line in markdown.splitlines() if line.startswith(f"| {name} |"))


class Interpolation(unittest.TestCase):
    def test_is_linear_in_the_logarithm_between_neighbours(self):
        self.assertAlmostEqual(figures.qps_at([(0.9, 4000), (1.0, 1000)], 0.95), 2000)
        self.assertAlmostEqual(figures.qps_at([(0.9, 100), (0.94, 90), (0.96, 40)], 0.95), 60)

    def test_gives_a_measured_point_as_it_is(self):
        self.assertAlmostEqual(figures.qps_at([(0.9, 300), (0.95, 200), (0.99, 100)], 0.95), 200)

    def test_never_goes_beyond_the_highest_recall(self):
        self.assertIsNone(figures.qps_at([(0.5, 800), (0.94, 400)], 0.95))
        self.assertIsNone(figures.qps_at([], 0.95))

    def test_takes_the_fastest_point_where_all_have_more_recall(self):
        self.assertEqual(figures.qps_at([(0.99, 400), (0.97, 800)], 0.95), 800)

    def test_leaves_out_points_that_another_beats_in_both(self):
        self.assertEqual(figures.front([(0.9, 100), (0.95, 200), (0.99, 50), (0.98, 50)]), [(0.95, 200), (0.99, 50)])


class Report(unittest.TestCase):
    def test_writes_exactly_the_promised_names_then_the_curve_of_cost(self):
        given = results()
        given["rows"] = [row for row in given["rows"] if row["system"] != "zvec"] + [
            row | {"recall": 1.0} for row in given["rows"] if row["system"] == "zvec"]
        _, values, _ = report(given)
        named = [name for name in values if ":" not in name]
        self.assertEqual(named, NAMES)
        self.assertTrue(all(name.endswith(":small") for name in values if name not in NAMES))
        self.assertIn("exact_p50_us:small", values)

    def test_computes_each_figure(self):
        _, values, _ = report(results())
        wanted = {
            "exact_vs_hnswlib_bruteforce": 5, "exact_vs_faiss_flat": 4, "exact_bandwidth_fraction": 0.8,
            "batch_exact_vs_faiss_flat": 4, "ann_vs_hnswlib_r95": 4, "ann_vs_hnswlib_r99": 4, "ann_vs_faiss_r95": 4,
            "ann_vs_usearch_r95": 2.5, "build_vs_hnswlib": 1.5, "filtered_recall_min": 0.96, "filtered_slowdown_max": 1.5,
            "churn_recall": 0.97, "p99_read_under_write_ratio": 2.5, "bytes_per_row_overhead": 400,
        }
        for name, value in wanted.items():
            self.assertAlmostEqual(values[name], value, places=4, msg=name)

    def test_takes_the_smaller_ratio_of_the_two_sets(self):
        given = results()
        for row in given["rows"]:
            if (row["set"], row["system"], row["kind"]) == ("real-set", "hnswlib", "ann"):
                row["qps"] *= 4
        self.assertAlmostEqual(report(given)[1]["ann_vs_hnswlib_r95"], 1, places=4)

    def test_says_met_or_below_for_each_goal(self):
        markdown, _, _ = report(results())
        self.assertIn("| met |", line_of(markdown, "bytes_per_row_overhead"))
        self.assertIn("<= 650", line_of(markdown, "bytes_per_row_overhead"))
        given = results()
        given["writes"]["beside_p99_us"] = 301.0
        self.assertIn("| **below** |", line_of(report(given)[0], "p99_read_under_write_ratio"))

    def test_does_not_take_filtered_recall_as_met_when_answers_are_short(self):
        given = results()
        given["filtered"][1]["short_answers"] = 1
        self.assertIn("**below**", line_of(report(given)[0], "filtered_recall_min"))

    def test_leaves_out_a_figure_that_would_need_extrapolation_and_says_so(self):
        markdown, values, _ = report(results())
        self.assertNotIn("ann_vs_zvec_r95", values)
        self.assertIn("does not reach recall 0.95", line_of(markdown, "ann_vs_zvec_r95"))

    def test_goes_on_without_a_peer_and_says_why_it_is_missing(self):
        given = results()
        given["rows"] = [row for row in given["rows"] if row["system"] != "faiss"]
        given["unavailable"]["faiss"] = "the registry cannot be reached"
        markdown, values, _ = report(given)
        self.assertNotIn("exact_vs_faiss_flat", values)
        self.assertIn("| faiss | not available: the registry cannot be reached |", markdown)
        self.assertIn("the registry cannot be reached", line_of(markdown, "exact_vs_faiss_flat"))

    def test_says_that_a_set_is_missing(self):
        given = results()
        given["sets"][1] = {"name": "real-set", "error": "set SCAUP_SHARED_DATA"}
        given["rows"] = [row for row in given["rows"] if row["set"] != "real-set"]
        self.assertIn("## real-set\n\nnot available: set SCAUP_SHARED_DATA", report(given)[0])

    def test_has_no_build_ratio_before_there_is_a_graph(self):
        given = results()
        for row in given["rows"]:
            row["graph"] = row["system"] != "scaup"
        self.assertNotIn("build_vs_hnswlib", report(given)[1])

    def test_survives_results_without_any_row(self):
        given = copy.deepcopy(results()) | {"rows": [], "sets": []}
        markdown, values, svg = report(given)
        self.assertIn("not available", line_of(markdown, "exact_vs_faiss_flat"))
        self.assertNotIn("exact_vs_faiss_flat", values)
        xml.etree.ElementTree.fromstring(svg)

    def test_draws_a_curve_for_each_system_as_well_formed_xml(self):
        given = results()
        given["sets"][0]["name"] = given["main"] = "a < b & c"
        for row in given["rows"]:
            row["set"] = given["main"] if row["set"] == "main-set" else row["set"]
        root = xml.etree.ElementTree.fromstring(report(given)[2])
        space = "{http://www.w3.org/2000/svg}"
        self.assertEqual(len(root.findall(f"{space}polyline")), 5 * 3)
        self.assertIn("a < b & c", [element.text for element in root.findall(f"{space}text")])


if __name__ == "__main__":
    unittest.main()
