"""The data sets of the comparison: made from a fixed seed, or read from the shared data, with exact neighbours."""

import dataclasses
import os
import struct
import subprocess
from array import array
from pathlib import Path

VERSION = 1  # of what compare_data makes; raise it when that changes


@dataclasses.dataclass(frozen=True)
class Spec:
    """A set to measure: generated where `rows` is not 0, otherwise the shared set of this name."""

    name: str
    rows: int = 0
    dimension: int = 0
    queries: int = 1000
    exact_queries: int = 200
    graphs: tuple[str, ...] | None = None  # peers whose graph is built; None: all


@dataclasses.dataclass(frozen=True)
class DataSet:
    spec: Spec
    base: Path
    query: Path
    rows: int
    dimension: int
    truth: list[list[int]]  # the ten nearest rows of each query
    cosines: str  # of the 1st and 10th neighbour, for generated sets


def shape_of(path: Path) -> tuple[int, int]:
    with open(path, "rb") as file:
        rows, columns = struct.unpack("<II", file.read(8))
    return rows, columns


def read_truth(path: Path, k: int = 10) -> list[list[int]]:
    rows, columns = shape_of(path)
    values = array("i")
    with open(path, "rb") as file:
        file.seek(8)
        values.fromfile(file, rows * columns)
    return [values[i * columns : i * columns + k].tolist() for i in range(rows)]


def shared_folder(root: Path) -> Path:
    return Path(os.environ.get("SCAUP_SHARED_DATA") or root.parent / "shared" / "data") / "ann"


def run(program: Path, *arguments: object) -> str:
    words = [str(program), *map(str, arguments)]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def generated(spec: Spec, folder: Path, program: Path) -> DataSet:
    """Made once; the stamp says from what, and holds the cosines."""
    out = folder / spec.name
    stamp = folder / f"{spec.name}.stamp"
    wanted = f"{VERSION} {spec.rows} {spec.dimension} {spec.queries}\n"
    if not stamp.exists() or not stamp.read_text().startswith(wanted):
        run(program, "cluster", spec.rows, spec.dimension, spec.queries, out)
        cosines = run(program, "truth", out)
        stamp.write_text(f"{wanted}{cosines}\n")
    base = folder / f"{spec.name}.base.fbin"
    rows, dimension = shape_of(base)
    cosines = stamp.read_text().splitlines()[1]
    truth = read_truth(folder / f"{spec.name}.gt100.ibin")
    return DataSet(spec, base, folder / f"{spec.name}.query.fbin", rows, dimension, truth, cosines)


def shared(spec: Spec, folder: Path, program: Path, source: Path) -> DataSet:
    base, query = source / f"{spec.name}.base.fbin", source / f"{spec.name}.query.fbin"
    if not base.exists():  # int8: the same directions as floats of length 1
        base, query = folder / base.name, folder / query.name
        for path in (base, query):
            run(program, "unit", source / f"{path.stem}.i8bin", path)
    rows, dimension = shape_of(base)
    return DataSet(spec, base, query, rows, dimension, read_truth(source / f"{spec.name}.gt100.ibin"), "")


def prepare(spec: Spec, root: Path, program: Path) -> DataSet | str:
    """The set, or why it is not there."""
    folder = root / "build" / "bench" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if spec.rows:
        return generated(spec, folder, program)
    source = shared_folder(root)
    if not (source / f"{spec.name}.gt100.ibin").exists():
        return "not in the shared data: set SCAUP_SHARED_DATA to the folder that holds ann/"
    return shared(spec, folder, program, source)
