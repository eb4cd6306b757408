#!/usr/bin/env python3
"""A Python peer as a worker: tantivy or bm25s, called as their users call them, on one thread.

    peers.py NAME FOLDER QUERIES_FILE DOCUMENTS

The corpus, the commands and the answers are those of worker.hpp.
"""

import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

Ids = list[int]


class Tantivy:
    """Words that are split, folded, not among the stop words, and stemmed; one segment, without positions."""

    package = "tantivy"

    def __init__(self) -> None:
        import tantivy

        self.tantivy = tantivy
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        words = words.filter(tantivy.Filter.stopword("english")).filter(tantivy.Filter.stemmer("english"))
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", stored=False, tokenizer_name="words", index_option="freq")
        schema.add_integer_field("id", stored=True)
        self.index = tantivy.Index(schema.build())
        self.index.register_tokenizer("words", words.build())

    def build(self, texts: list[str]) -> None:
        writer = self.index.writer(heap_size=2_000_000_000, num_threads=1)
        for number, text in enumerate(texts):
            writer.add_document(self.tantivy.Document(body=text, id=number))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def find(self, query: str, k: int) -> Any:
        return self.searcher.search(self.index.parse_query(query, ["body"]), k).hits

    def ids_of(self, found: Any) -> Ids:
        return [self.searcher.doc(address)["id"][0] for _, address in found]


class Bm25s:
    """Scores of all documents, computed when indexing; method and constants as in scaup."""

    package = "bm25s"

    def __init__(self, backend: str) -> None:
        import bm25s
        import Stemmer

        self.bm25s = bm25s
        self.analysis = {"stopwords": "en", "stemmer": Stemmer.Stemmer("english"), "show_progress": False}
        self.index = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend=backend)

    def build(self, texts: list[str]) -> None:
        self.index.index(self.bm25s.tokenize(texts, **self.analysis), show_progress=False)

    def find(self, query: str, k: int) -> Any:
        words = self.bm25s.tokenize([query], return_ids=False, **self.analysis)
        return self.index.retrieve(words, k=k, show_progress=False)

    def ids_of(self, found: Any) -> Ids:
        return found.documents[0].tolist()


PEERS = {"tantivy": Tantivy, "bm25s": lambda: Bm25s("numpy"), "bm25s_numba": lambda: Bm25s("numba")}


def read_corpus(folder: Path, queries_file: str, documents: int) -> tuple[list[str], list[str]]:
    records = (folder / "documents.tsv").read_text(encoding="utf-8").splitlines()
    records = [record.replace("\t", " ") for record in records]
    return [records[i % len(records)] for i in range(documents)], (folder / queries_file).read_text(encoding="utf-8").splitlines()


def ask(peer: Any, queries: list[str], first: int, step: int, k: int) -> dict[str, Any]:
    times, found = [], []
    for query in queries[first::step]:
        begin = time.process_time_ns()
        answer = peer.find(query, k)
        times.append(time.process_time_ns() - begin)
        found.append(peer.ids_of(answer))
    return {"ns": times, "ids": found}


def answer_to(peer: Any, texts: list[str], queries: list[str], words: list[str]) -> dict[str, Any]:
    if words[0] == "build":
        begin = time.process_time()
        peer.build(texts)
        return {"build_s": time.process_time() - begin}
    return ask(peer, queries, *map(int, words[1:]))


def main() -> None:
    name, folder, queries_file, documents = sys.argv[1:]
    try:
        peer = PEERS[name]()
    except Exception as error:  # an import that fails has many forms
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        return
    texts, queries = read_corpus(Path(folder), queries_file, int(documents))
    print(json.dumps({"ready": True, "version": importlib.metadata.version(peer.package)}), flush=True)
    for line in sys.stdin:
        try:
            reply = answer_to(peer, texts, queries, line.split())
        except Exception as error:  # whatever a peer throws is its answer, the run goes on
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
