#!/usr/bin/env python3
"""Compares every measure of scaup, query by query, with trec_eval through the Python package ir-measures.

Runs are random ones over random judgements, with ties and graded gains, and, where SCAUP_SHARED_DATA names
the shared data, what the vector retriever finds in its collections. Exits with 77, and a sentence, where
the package cannot be installed.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from environment import environment_python  # noqa: E402 (beside all conformance tests)

SKIPPED = 77
TOLERANCE = 1e-9
DEPTHS = (1, 2, 5, 10, 30, 100)
NAMES = {"precision": "P", "recall": "R", "hit rate": "Success", "MRR": "RR", "MAP": "AP", "nDCG": "nDCG"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="measure_run")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="folder for the environment")
    parser.add_argument("--inside", action="store_true", help="the environment is there")
    return parser.parse_args()


def start_inside(arguments):
    requirements = pathlib.Path(__file__).with_name("requirements.txt")
    python = environment_python(arguments.work, requirements)
    if python is None:
        print("skipped: pip could not install ir-measures here, so there is nothing to compare with")
        return SKIPPED
    return subprocess.run([python, __file__, *sys.argv[1:], "--inside"]).returncode


def random_case(rng):
    """Judgements, and scores of a run, many of which are equal. Every query has something relevant."""
    documents = [f"d{number}" for number in range(rng.choice((3, 20, 300)))]
    judgements, scores = {}, {}
    for number in range(rng.randint(1, 30)):
        query = f"q{number}"
        judged = rng.sample(documents, rng.randint(1, min(len(documents), 60)))
        judgements[query] = {document: rng.choice((-1, 0, 0, 1, 1, 2, 3, 4)) for document in judged}
        judgements[query][judged[0]] = rng.randint(1, 4)
        found = rng.sample(documents, rng.randint(1, len(documents)))
        scores[query] = {document: float(rng.randint(0, rng.choice((3, 1000)))) for document in found}
    return judgements, scores


def in_trec_order(scores):
    """The ranking that trec_eval makes of scores: descending, equal ones by descending id."""
    return [document for document, _ in sorted(scores.items(), key=lambda item: (item[1], item[0]), reverse=True)]


def by_place(ranking):
    """Scores that follow a ranking, without equal ones."""
    return {document: -float(place) for place, document in enumerate(ranking)}


def expected_values(judgements, scores):
    import ir_measures

    measures = {f"{name}@{depth}": ir_measures.parse_measure(f"{theirs}@{depth}")
                for name, theirs in NAMES.items() for depth in DEPTHS}
    values = {name: {} for name in measures}
    names = {measure: name for name, measure in measures.items()}
    # RR@k cuts the run off outside trec_eval, with equal scores in another order than trec_eval has; so it gets none.
    cut = [measure for measure in measures.values() if measure.NAME == "RR"]
    whole = [measure for measure in measures.values() if measure.NAME != "RR"]
    untied = {query: by_place(in_trec_order(found)) for query, found in scores.items()}
    for wanted, run in ((whole, scores), (cut, untied)):
        for metric in ir_measures.iter_calc(wanted, judgements, run):
            values[names[metric.measure]][metric.query_id] = metric.value
    return values


def count_differences(what, expected, found):
    """How many values differ; the first few are printed."""
    differences, worst, compared = 0, 0.0, 0
    for name, queries in expected.items():
        for query, value in queries.items():
            compared += 1
            ours = found[name].get(query)
            distance = abs(value - ours) if ours is not None else float("inf")
            worst = max(worst, distance)
            if distance > TOLERANCE:
                differences += 1
                if differences <= 3:
                    print(f"  {what}: {name} of {query}: trec_eval {value}, scaup {ours}")
    return differences, worst, compared


def run_program(program, arguments, text=None):
    return json.loads(subprocess.run([program, *arguments], input=text, stdout=subprocess.PIPE, check=True).stdout)


def compare_random(program):
    failures, worst, values = 0, 0.0, 0
    rng = random.Random(12)
    for number in range(40):
        judgements, scores = random_case(rng)
        ranking = {query: in_trec_order(found) for query, found in scores.items()}
        output = run_program(program, [], json.dumps({"judgements": judgements, "run": ranking}).encode())
        differences, largest, compared = count_differences(f"random run {number}", expected_values(judgements, scores), output["values"])
        failures, worst, values = failures + differences, max(worst, largest), values + compared
    print(f"random runs: {values} values, {failures} differ, largest difference {worst:.1e}")
    return failures


def read_qrels(path):
    judgements = {}
    with open(path, encoding="utf-8") as file:
        for line in file.readlines()[1:]:
            query, document, gain = line.rstrip("\n").split("\t")
            judgements.setdefault(query, {})[document] = int(gain)
    return {query: gains for query, gains in judgements.items() if any(gain > 0 for gain in gains.values())}


def compare_collection(program, folder):
    judgements = read_qrels(folder / "qrels" / "test.tsv")
    output = run_program(program, [str(folder)])
    # The order is ours: trec_eval gets scores that follow it.
    scores = {query: by_place(ranking) for query, ranking in output["run"].items() if query in judgements}
    failures, worst, compared = count_differences(folder.name, expected_values(judgements, scores), output["values"])
    ndcg = output["values"]["nDCG@10"]
    print(f"{folder.name}: {compared} values, {failures} differ, largest difference {worst:.1e}; "
          f"vector nDCG@10 {sum(ndcg.values()) / len(ndcg):.4f} over {len(ndcg)} queries")
    return failures + (set(ndcg) != set(judgements))


def main():
    arguments = parse_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if not arguments.inside:
        return start_inside(arguments)
    failures = compare_random(arguments.program)
    if "SCAUP_SHARED_DATA" in os.environ:
        folders = sorted((pathlib.Path(os.environ["SCAUP_SHARED_DATA"]) / "collections").glob("*/"))
        for folder in folders:
            failures += compare_collection(arguments.program, folder)
    else:
        print("collections: skipped, SCAUP_SHARED_DATA is not set")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
