#!/usr/bin/env python3
"""The official clients of OpenAI, Ollama and Cohere (npm) read what the tests' server answers in their names.

Exits with 77, and a sentence, where they cannot be installed.
"""

import argparse
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from environment import node_environment  # noqa: E402 (beside all conformance tests)
from local_server import provider_replies  # noqa: E402

SKIPPED = 77


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="serve_replies")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="folder for the packages")
    arguments = parser.parse_args()
    here = pathlib.Path(__file__).parent
    folder = node_environment(arguments.work, here / "package.json")
    if folder is None:
        print("skipped: npm could not install the official clients here, so nobody reads our replies")
        return SKIPPED
    with provider_replies(arguments.program) as url:
        return subprocess.run(["node", here / "clients.mjs", folder, url], timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
