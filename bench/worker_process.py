"""A system under measurement as a process: pinned to one core and driven by lines, as the workers' worker.hpp has them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}


def last_core() -> int:
    return max(os.sched_getaffinity(0))


def settle(cores: set[int], niceness: int) -> None:
    """Pins the process that is about to start and, where that is allowed, puts it before others on its core."""
    os.sched_setaffinity(0, cores)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    except PermissionError:
        pass


class Worker:
    def __init__(self, name: str, command: list[str], log: Path, niceness: int):
        self.name, self.error, self.version = name, "", ""
        self.log = open(log, "a", encoding="utf-8")
        cores = {last_core()}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=dict(os.environ, **ONE_THREAD), preexec_fn=lambda: settle(cores, niceness),
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
