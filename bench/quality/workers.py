"""Systems as processes, pinned to one core and driven by lines as worker.hpp has them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}

# name -> program, and the first argument where the program has several parts
NATIVE = {
    "scaup": ("quality_scaup", "collection"), "scaup_index": ("quality_scaup", "index"), "scaup_hybrid": ("quality_scaup", "hybrid"),
    "fts5": ("quality_sqlite",), "xapian": ("quality_xapian",),
}
PYTHON = ("tantivy", "bm25s", "bm25s_numba")


def settle(niceness: int) -> None:
    """Pins the process that is about to start and, where that is allowed, puts it before others on its core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    except PermissionError:
        pass


class Worker:
    def __init__(self, name: str, command: list[str], log: Path, niceness: int):
        self.name = name
        self.log = open(log, "a", encoding="utf-8")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=dict(os.environ, **ONE_THREAD), preexec_fn=lambda: settle(niceness),
        )
        ready = self.reply()
        self.error = ready.get("error", "")
        self.version = ready.get("version", "")

    def reply(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        while line and not line.startswith("{"):  # a peer may print
            line = self.process.stdout.readline()
        return json.loads(line) if line else self.ended()

    def ask(self, *words: object) -> dict[str, Any]:
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return self.ended()
        return self.reply()

    def ended(self) -> dict[str, Any]:
        return {"error": f"{self.name} ended with code {self.process.wait()}, see build/bench/{Path(self.log.name).name}"}

    def stop(self) -> None:
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it is gone already
        self.process.wait()
        self.log.close()


def command_of(name: str, programs: Path, python: Path | None, corpus: list[str]) -> list[str] | str:
    """The command line of a system, or why there is none."""
    if name in NATIVE:
        program = programs / NATIVE[name][0]
        return [str(program), *NATIVE[name][1:], *corpus] if program.exists() else "its Debian package is not installed"
    if python is None:
        return "the package registry cannot be reached, or pip failed: see build/bench/venv-quality.log"
    return [str(python), str(Path(__file__).with_name("peers.py")), name, *corpus]
