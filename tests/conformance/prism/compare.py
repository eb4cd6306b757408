#!/usr/bin/env python3
"""Generated requests, held against the official OpenAPI documents by npm @stoplight/prism-cli: no violations.

Prism stands as a proxy before the tests' server, which answers. Exits with 77, and a sentence, where prism cannot be
installed, and where the documents are absent: SCAUP_SHARED_SPECS names their folder, else ../shared/specs beside the
source tree is tried.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from environment import node_environment  # noqa: E402 (beside all conformance tests)
from local_server import free_port, provider_replies, running  # noqa: E402

SKIPPED = 77
REQUESTS = 500
# document -> what is sent against it
KINDS = {
    "openai.json": ("openai-embed", "openai-chat", "compatible-chat"),
    "ollama.yaml": ("ollama-embed", "ollama-chat"),
    "mistral.yaml": ("mistral-embed", "mistral-chat"),
    "text-embeddings-inference.json": ("tei-embed", "tei-rerank"),
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sender", required=True, help="send_requests")
    parser.add_argument("--server", required=True, help="serve_replies")
    parser.add_argument("--source", required=True, type=pathlib.Path, help="root of the source tree")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="folder for the packages")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of each kind")
    parser.add_argument("--only", choices=KINDS, help="this document alone")
    return parser.parse_args()


def without_lone_nullable(node):
    """The same without "nullable" where there is no "type": prism silently checks nothing by a schema with that.

    Null, which we never send, is then no longer allowed there.
    """
    if isinstance(node, list):
        return [without_lone_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    lone = isinstance(node.get("nullable"), bool) and "type" not in node
    return {key: without_lone_nullable(value) for key, value in node.items() if not (lone and key == "nullable")}


def prepared(document, work):
    if document.suffix != ".json":
        return document
    copy = work / document.name
    copy.write_text(json.dumps(without_lone_nullable(json.loads(document.read_text()))))
    return copy


def check_document(arguments, folder, document):
    """How many kinds of requests are refused."""
    port = free_port()
    with provider_replies(arguments.server) as upstream:
        command = [folder / "node_modules/.bin/prism", "proxy", "--port", str(port), "--host", "127.0.0.1",
                   "--verboseLevel", "warn", prepared(document, arguments.work), upstream]
        with running(command, port, arguments.work / f"{document.stem}.log", seconds=300):
            runs = [subprocess.run([arguments.sender, kind, f"http://127.0.0.1:{port}", str(arguments.requests), "6"],
                                   timeout=900).returncode for kind in KINDS[document.name]]
    return sum(code != 0 for code in runs)


def main():
    arguments = parse_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    specs = pathlib.Path(os.environ.get("SCAUP_SHARED_SPECS", arguments.source.parent / "shared" / "specs"))
    documents = [specs / name for name in KINDS if arguments.only in (None, name)]
    absent = [document.name for document in documents if not document.exists()]
    if absent:
        print(f"skipped: {', '.join(absent)} not in {specs}; SCAUP_SHARED_SPECS names the folder")
        return SKIPPED
    folder = node_environment(arguments.work, pathlib.Path(__file__).with_name("package.json"))
    if folder is None:
        print("skipped: npm could not install @stoplight/prism-cli here, so nothing validates our requests")
        return SKIPPED
    return 1 if sum(check_document(arguments, folder, document) for document in documents) else 0


if __name__ == "__main__":
    sys.exit(main())
