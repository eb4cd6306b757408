#!/usr/bin/env python3
"""Runs the program `evaluate` on a small test collection in BEIR's layout that is made here.

    evaluate_tool_test.py EVALUATE

Needs the standard library alone.
"""

import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

EVALUATE = sys.argv[1]
DOCUMENTS = {
    "tide": ("Tides", "The moon pulls the water of the sea, which rises and falls twice a day."),
    "fog": ("", "Fog delayed all ferries in the harbour this morning."),
    "bread": ("Bread", "Flour, water, salt and yeast are kneaded and baked in an oven."),
}
QUERIES = {"q1": "Why does the sea rise and fall?", "q2": "how to bake bread", "q3": "nothing is relevant to this"}
QRELS = "query-id\tcorpus-id\tscore\nq1\ttide\t2\nq2\tbread\t1\nq3\tfog\t0\n"


class Evaluate(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name) / "harbour & <sea>"
        (self.folder / "qrels").mkdir(parents=True)
        corpus = [{"_id": key, "title": title, "text": text} for key, (title, text) in DOCUMENTS.items()]
        self.write("corpus.jsonl", "".join(json.dumps(line) + "\n" for line in corpus))
        self.write("queries.jsonl", "".join(json.dumps({"_id": key, "text": text}) + "\n" for key, text in QUERIES.items()))
        self.write("qrels/test.tsv", QRELS)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def run_tool(self, *arguments, code=0):
        done = subprocess.run([EVALUATE, *map(str, arguments)], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, (arguments, done.stdout, done.stderr))
        if code != 0:
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stdout + done.stderr

    def test_table(self):
        table = self.run_tool(self.folder)
        self.assertIn("harbour _ _sea_: 3 documents, 2 judged queries\n", table)
        self.assertRegex(table, r"\nvector +mean +95 % interval\n  nDCG@10 +1\.0000   1\.0000 to 1\.0000\n")
        self.assertRegex(table, r"\n  recall@100 +1\.0000")

    def test_two_retrievers_are_compared(self):
        table = self.run_tool(self.folder, "--retriever", "vector", "--retriever", "mmr")
        self.assertIn("mmr less vector, nDCG@10: +0.0000 (0.0000 to 0.0000), p = 1.0000, better on 0 queries, worse on 0", table)

    def test_json(self):
        path = self.folder / "out.json"
        self.run_tool(self.folder, "--json", path)
        read = json.loads(path.read_text())
        self.assertEqual((read["documents"], read["queries"]), (3, 2))
        self.assertEqual(read["retrievers"]["vector"]["MRR@10"], {"mean": 1.0, "low": 1.0, "high": 1.0})

    def test_chart(self):
        path = self.folder / "out.svg"
        self.run_tool(self.folder, "--svg", path)
        root = xml.etree.ElementTree.parse(path).getroot()
        name = "{http://www.w3.org/2000/svg}"
        self.assertEqual(root.tag, name + "svg")
        texts = [element.text for element in root.iter(name + "text")]
        self.assertIn("nDCG@10", texts)
        self.assertIn("vector", texts)
        self.assertEqual(len(list(root.iter(name + "rect"))), 1 + 1 + 6)  # background, legend, a bar for each measure

    def test_wrong_usage(self):
        self.assertIn("retrievers", self.run_tool("--help"))
        self.assertIn("a folder is missing", self.run_tool(code=2))
        self.assertIn("two", self.run_tool(self.folder, self.folder, code=2))
        self.assertIn("\"psychic\"", self.run_tool(self.folder, "--retriever", "psychic", code=2))
        self.assertIn("--depth", self.run_tool(self.folder, "--depth", "3", code=2))
        self.assertIn("needs a value", self.run_tool(self.folder, "--json", code=2))

    def test_bad_collections(self):
        self.assertIn("not_found", self.run_tool(self.folder / "none", code=1))
        self.assertIn("not_found", self.run_tool(self.folder, "--split", "train", code=1))
        self.write("qrels/test.tsv", "q1\ttide\tmuch\n")
        self.assertIn("qrels/test.tsv, line 1", self.run_tool(self.folder, code=1))
        self.write("qrels/test.tsv", "q1\ttide\t0\n")
        self.assertIn("no query", self.run_tool(self.folder, code=1))
        self.write("qrels/test.tsv", QRELS)
        self.assertIn("cannot write", self.run_tool(self.folder, "--json", self.folder / "none" / "x.json", code=1))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
