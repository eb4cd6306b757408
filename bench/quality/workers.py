"""The systems beside which keyword search is measured, and how each is started."""

from pathlib import Path

# name -> program, and the first argument where the program has several parts
NATIVE = {
    "scaup": ("quality_scaup", "collection"), "scaup_index": ("quality_scaup", "index"), "scaup_hybrid": ("quality_scaup", "hybrid"),
    "fts5": ("quality_sqlite",), "xapian": ("quality_xapian",),
}
PYTHON = ("tantivy", "bm25s", "bm25s_numba")


def command_of(name: str, programs: Path, python: Path | None, corpus: list[str]) -> list[str] | str:
    """The command line of a system, or why there is none."""
    if name in NATIVE:
        program = programs / NATIVE[name][0]
        return [str(program), *NATIVE[name][1:], *corpus] if program.exists() else "its Debian package is not installed"
    if python is None:
        return "the package registry cannot be reached, or pip failed: see build/bench/venv-quality.log"
    return [str(python), str(Path(__file__).with_name("peers.py")), name, *corpus]
