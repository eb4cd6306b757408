#!/usr/bin/env python3
"""A Python peer as a worker: faiss, usearch or zvec, called as their users call them, on one thread.

    peers.py NAME BASE.fbin QUERY.fbin

The commands and answers are those of worker.hpp.
"""

import ctypes
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterable

import numpy as np

NEIGHBOURS = 10
M = 16
EF_CONSTRUCTION = 200

Answers = dict[str, Any]


class Unavailable(Exception):
    """The peer does not have what was asked for."""


def read_matrix(path: str) -> np.ndarray:
    rows, columns = np.fromfile(path, dtype="<u4", count=2)
    return np.fromfile(path, dtype="<f4", offset=8).reshape(rows, columns)


def resident_bytes() -> int:
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def ef_of(setting: str) -> int:
    name, _, value = setting.partition("=")
    if name != "ef":
        raise Unavailable(f"no setting {setting} here")
    return int(value)


def timed(calls: Iterable[Callable[[], Any]], ids_of: Callable[[Any], list]) -> Answers:
    ns, ids = [], []
    for call in calls:
        begin = time.perf_counter_ns()
        found = call()
        ns.append(time.perf_counter_ns() - begin)
        ids.append(ids_of(found))
    return {"ns": ns, "ids": ids}


def one_call(call: Callable[[], Any], ids_of: Callable[[Any], list]) -> Answers:
    answers = timed([call], ids_of)
    return {"ns": answers["ns"], "ids": answers["ids"][0]}


class Faiss:
    package = "faiss-cpu"

    def __init__(self, base: np.ndarray):
        import faiss

        faiss.omp_set_num_threads(1)
        self.faiss, self.base, self.indexes = faiss, base, {}

    def make(self, kind: str) -> None:
        dimension = self.base.shape[1]
        if kind == "exact":
            index = self.faiss.IndexFlatIP(dimension)
        else:
            index = self.faiss.IndexHNSWFlat(dimension, M, self.faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = EF_CONSTRUCTION
        index.add(self.base)
        self.indexes[kind] = index

    def index_bytes(self, kind: str) -> int:
        return int(self.faiss.serialize_index(self.indexes[kind]).nbytes)

    def drop(self, kind: str) -> None:
        self.indexes.pop(kind, None)

    def select(self, kind: str, setting: str) -> Any:
        index = self.indexes[kind]
        if kind == "ann":
            index.hnsw.efSearch = ef_of(setting)
        return index

    def one(self, kind: str, setting: str, queries: np.ndarray) -> Answers:
        index = self.select(kind, setting)
        calls = ((lambda row=row: index.search(row, NEIGHBOURS)) for row in np.split(queries, len(queries)))
        return timed(calls, lambda found: found[1][0].tolist())

    def batch(self, kind: str, setting: str, queries: np.ndarray) -> Answers:
        index = self.select(kind, setting)
        return one_call(lambda: index.search(queries, NEIGHBOURS), lambda found: found[1].tolist())


class Usearch:
    package = "usearch"

    def __init__(self, base: np.ndarray):
        from usearch.index import Index

        self.Index, self.base, self.indexes = Index, base, {}

    def make(self, kind: str) -> None:
        # Its linear search reads the vectors of an index too; that of kind exact has the fewest links it allows.
        connectivity, expansion = (M, EF_CONSTRUCTION) if kind == "ann" else (2, 2)
        index = self.Index(ndim=self.base.shape[1], metric="cos", dtype="f32", connectivity=connectivity, expansion_add=expansion)
        index.add(np.arange(len(self.base), dtype=np.uint64), self.base, threads=1)
        self.indexes[kind] = index

    def index_bytes(self, kind: str) -> int:
        return int(self.indexes[kind].serialized_length)

    def drop(self, kind: str) -> None:
        self.indexes.pop(kind, None)

    def select(self, kind: str, setting: str) -> tuple[Any, dict]:
        index = self.indexes[kind]
        if kind == "ann":
            index.expansion_search = ef_of(setting)
        return index, {"threads": 1, "exact": kind == "exact"}

    def one(self, kind: str, setting: str, queries: np.ndarray) -> Answers:
        index, options = self.select(kind, setting)
        calls = ((lambda row=row: index.search(row, NEIGHBOURS, **options)) for row in queries)
        return timed(calls, lambda found: found.keys.tolist())

    def batch(self, kind: str, setting: str, queries: np.ndarray) -> Answers:
        index, options = self.select(kind, setting)
        return one_call(lambda: index.search(queries, NEIGHBOURS, **options), lambda found: found.keys.tolist())


class Zvec:
    package = "zvec"
    report: Answers | None

    def __init__(self, base: np.ndarray):
        import zvec

        zvec.init(log_level=zvec.LogLevel.ERROR, query_threads=1, optimize_threads=1)
        self.zvec, self.base, self.collection, self.report = zvec, base, None, None
        self.folder = Path(tempfile.mkdtemp(prefix="zvec-", dir=os.environ.get("SCAUP_BENCH_SCRATCH")))

    def make(self, kind: str) -> None:
        zvec = self.zvec
        index = zvec.FlatIndexParam(metric_type=zvec.MetricType.IP)  # where only exact search is asked for
        if kind == "ann":
            index = zvec.HnswIndexParam(metric_type=zvec.MetricType.IP, m=M, ef_construction=EF_CONSTRUCTION)
        vector = zvec.VectorSchema("v", zvec.DataType.VECTOR_FP32, self.base.shape[1], index)
        schema = zvec.CollectionSchema(name="rows", vectors=[vector])
        self.collection = zvec.create_and_open(str(self.folder / "rows"), schema)
        for first in range(0, len(self.base), 500):
            rows = self.base[first : first + 500]
            documents = [zvec.Doc(id=str(first + i), vectors={"v": row.tolist()}) for i, row in enumerate(rows)]
            for status in self.collection.insert(documents):
                if not status.ok():
                    raise Unavailable(f"insert: {status}")
        self.collection.optimize(zvec.OptimizeOption(concurrency=1))

    def index_bytes(self, kind: str) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def drop(self, kind: str) -> None:
        if kind == "ann" and self.collection is not None:
            self.collection = None
            shutil.rmtree(self.folder, ignore_errors=True)

    def one(self, kind: str, setting: str, queries: np.ndarray) -> Answers:
        zvec, collection = self.zvec, self.collection
        if kind == "ann":
            param = zvec.HnswQueryParam(ef=ef_of(setting))
        else:  # a flat index takes no parameters
            param = zvec.HnswQueryParam(is_linear=True) if self.report["graph"] else None

        def search(vector: list[float]) -> Any:
            query = zvec.Query(field_name="v", vector=vector, param=param)
            return collection.query(query, topk=NEIGHBOURS, output_fields=[])

        calls = ((lambda vector=vector: search(vector)) for vector in queries.tolist())
        return timed(calls, lambda found: [int(document.id) for document in found])

    def batch(self, kind: str, setting: str, queries: np.ndarray) -> Answers:
        raise Unavailable("zvec has no call for a batch")


PEERS = {"faiss": Faiss, "usearch": Usearch, "zvec": Zvec}


def build(peer: Any, kind: str) -> Answers:
    if isinstance(peer, Zvec) and peer.report is not None:
        return peer.report  # one collection serves both kinds
    before = resident_bytes()
    begin = time.perf_counter()
    peer.make(kind)
    seconds = time.perf_counter() - begin
    rss = resident_bytes() - before
    report = {"build_s": seconds, "rss_bytes": rss, "index_bytes": peer.index_bytes(kind), "graph": kind == "ann"}
    if isinstance(peer, Zvec):
        peer.report = report
    return report


def answer(peer: Any, queries: np.ndarray, words: list[str]) -> Answers:
    command, kind, *rest = words
    if command == "build":
        return build(peer, kind)
    if command == "drop":
        peer.drop(kind)
        return {}
    if command not in ("pass", "batch"):
        raise Unavailable(f"no command {command} here")
    setting, count = rest
    return getattr(peer, "one" if command == "pass" else "batch")(kind, setting, queries[: int(count)])


def serve(peer: Any, queries: np.ndarray) -> None:
    print(json.dumps({"ready": True, "version": importlib.metadata.version(peer.package)}), flush=True)
    for line in sys.stdin:
        try:
            reply = answer(peer, queries, line.split())
        except Exception as error:  # whatever a peer throws is its answer, the run goes on
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


def main() -> None:
    name, base, query = sys.argv[1:]
    try:
        peer = PEERS[name](read_matrix(base))
    except Exception as error:  # an import that fails has many forms
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        return
    serve(peer, read_matrix(query))
    peer.drop("ann")


if __name__ == "__main__":
    main()
