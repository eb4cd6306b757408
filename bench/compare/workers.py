"""The peers, and how each is started for one data set."""

from pathlib import Path

from data import DataSet

PYTHON_PEERS = ("faiss", "usearch", "zvec")


def command_of(name: str, data: DataSet, programs: Path, python: Path | None) -> list[str] | str:
    """The command line of a peer, or why there is none."""
    files = [str(data.base), str(data.query)]
    if name == "scaup":
        return [str(programs / "compare_scaup"), "worker", *files]
    if name == "hnswlib":
        return [str(programs / "compare_hnswlib"), *files]
    if python is None:
        return "the package registry cannot be reached, or pip failed: see build/bench/venv.log"
    return [str(python), str(Path(__file__).with_name("peers.py")), name, *files]
