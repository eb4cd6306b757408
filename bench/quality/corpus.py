"""The corpus of the speed comparison: the documents of all test collections, and a fixed sample of their queries.

Files of a corpus, one record a line: documents.tsv (title, tab, text) and queries.txt (words in lower case, without
the stop words, so that systems that have none of their own do the same work).
"""

import json
import math
import re
from pathlib import Path
from typing import Any, Iterator

# Lucene's English stop words, as the analysis of scaup and of the peers has them.
STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split()
)

Judged = list[dict[int, int]]  # for each query: record -> gain


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def one_line(text: str) -> str:
    return " ".join(text.split())


def query_words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if word not in STOP_WORDS]


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, gain = line.split("\t")
        if int(gain) > 0:
            judgements.setdefault(query, {})[document] = int(gain)
    return judgements


class Corpus:
    """Written to `folder`; queries are every n-th of those with a relevant document, about `sample` of them."""

    def __init__(self, collections: list[Path], folder: Path, sample: int):
        self.folder = folder
        records, queries, judged = [], [], []
        for collection in collections:
            rows = {}
            for document in json_lines(collection / "corpus.jsonl"):
                rows[document["_id"]] = len(records)
                records.append(one_line(document.get("title", "")) + "\t" + one_line(document["text"]))
            judgements = read_judgements(collection / "qrels" / "test.tsv")
            for query in json_lines(collection / "queries.jsonl"):
                words = query_words(query["text"])
                if query["_id"] in judgements and words:
                    queries.append(" ".join(words))
                    judged.append({rows[d]: gain for d, gain in judgements[query["_id"]].items() if d in rows})
        step = max(1, round(len(queries) / sample))
        self.queries, self.judged = queries[::step], judged[::step]
        self.records = len(records)
        self.bytes = [len(record.encode()) - 1 for record in records]
        (folder / "documents.tsv").write_text("\n".join(records) + "\n", encoding="utf-8")
        (folder / "queries.txt").write_text("\n".join(self.queries) + "\n", encoding="utf-8")

    def text_bytes(self, documents: int) -> int:
        return sum(self.bytes[i % self.records] for i in range(documents))

    def distinct(self, found: list[int]) -> list[int]:
        """Documents as records, each once, in their order."""
        return list(dict.fromkeys(number % self.records for number in found))

    def ndcg(self, found: list[list[int]], first: int, step: int, k: int = 10) -> float:
        """The mean over the queries FIRST, FIRST + STEP, ..., of copies the best alone."""
        values = [ndcg(self.distinct(one), gains, k) for one, gains in zip(found, self.judged[first::step])]
        return sum(values) / len(values)


def discounted(gains: list[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def ndcg(ranking: list[int], gains: dict[int, int], k: int) -> float:
    ideal = discounted(sorted(gains.values(), reverse=True)[:k])
    return discounted([gains.get(record, 0) for record in ranking[:k]]) / ideal if ideal else 0.0
