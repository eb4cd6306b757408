#!/usr/bin/env python3
"""Compares scaup with the Python package model2vec: token ids equal, vectors within 1e-5.

Compared are the built-in model's folder and small models made here with other tokenizers and types of
numbers. Exits with 77, and a sentence, where the package cannot be installed.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from environment import environment_python  # noqa: E402 (beside all conformance tests)

SKIPPED = 77
TEXTS = 2000
COLLECTIONS = ("scifact", "cranfield", "cisi", "cacm", "xquad-en")
TOLERANCE = 1e-5
HALF_TOLERANCE = 4e-3  # model2vec averages f16 in f16


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="embed_lines")
    parser.add_argument("--source", required=True, type=pathlib.Path, help="root of the source tree")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="folder for the environment and models")
    parser.add_argument("--inside", action="store_true", help="the environment is there")
    return parser.parse_args()


# ---- the environment ----


def start_inside(arguments):
    requirements = pathlib.Path(__file__).with_name("requirements.txt")
    python = environment_python(arguments.work, requirements)
    if python is None:
        print("skipped: pip could not install model2vec here, so there is nothing to compare with")
        return SKIPPED
    environment = dict(os.environ, HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    return subprocess.run([python, __file__, *sys.argv[1:], "--inside"], env=environment).returncode


# ---- texts ----


def golden_texts(source):
    with open(source / "tests/golden/static-en-256.jsonl", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def collection_texts(source, count):
    """Passages of the shared test collections, where they are."""
    root = pathlib.Path(os.environ.get("SCAUP_SHARED_DATA", source.parent / "shared" / "data")) / "collections"
    texts = []
    for name in COLLECTIONS:
        path = root / name / "corpus.jsonl"
        if not path.exists():
            continue
        with open(path, encoding="utf-8") as file:
            lines = file.readlines()
        step = max(1, len(lines) * len(COLLECTIONS) // count)
        texts += [json.loads(line)["text"] for line in lines[::step]]
    return texts


def stable_characters():
    """Characters whose category did not change since Unicode 3.2: every implementation knows them."""
    old = unicodedata.ucd_3_2_0
    return [chr(point) for point in range(1, 0x30000)
            if old.category(chr(point)) not in ("Cn", "Cs", "Co")
            and old.category(chr(point)) == unicodedata.category(chr(point))]


def odd_texts(count):
    """Random mixtures of words, marks, controls, punctuation, ideographs and what else there is."""
    rng = random.Random(20)
    everything = stable_characters()
    marks = [c for c in everything if unicodedata.category(c).startswith("M")]
    pools = [everything, marks, list("abcdeABCDE  \t\n.,-'"), [c for c in everything if "\u00c0" <= c <= "\u024f"],
             [c for c in everything if "\u4e00" <= c <= "\u4fff"], [c for c in everything if "\uac00" <= c <= "\ud7a3"],
             [c for c in everything if c < "\u00a0"], [c for c in everything if "\u2000" <= c <= "\u2bff"],
             [c for c in everything if "\uf900" <= c <= "\uffff"]]
    words = ["naive", "caf\u00e9", "cafe\u0301", "\u0130stanbul", "\u03a3\u038a\u03a3", "stra\u00dfe", "\ufb01ne", "x" * 100,
             "y" * 101, "un##known", "[UNK]", "[PAD]", "\u1e9b\u0323", "\u212b", "3.14", "e-mail"]
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 12)):
            if rng.random() < 0.4:
                parts.append(rng.choice(words))
            pool = rng.choice(pools)
            parts.append("".join(rng.choice(pool) for _ in range(rng.randint(1, 8))))
            parts.append(rng.choice(["", " ", "\u00a0", "\n"]))
        texts.append("".join(parts))
    return texts


# ---- small models ----


def tokenizer_variants():
    """Names, normalizers, pre-tokenizers and models to combine; None is absent."""
    from tokenizers import normalizers as n
    from tokenizers import pre_tokenizers as p

    bert = n.BertNormalizer
    yield "bert", bert(), p.BertPreTokenizer(), "WordPiece"
    yield "bert-cased", bert(lowercase=False), p.BertPreTokenizer(), "WordPiece"
    yield "bert-accents", bert(strip_accents=False), p.BertPreTokenizer(), "WordPiece"
    yield "bert-plain", bert(clean_text=False, handle_chinese_chars=False), p.BertPreTokenizer(), "WordPiece"
    yield "nfkc", n.Sequence([n.NFKC(), n.Lowercase()]), p.Whitespace(), "WordPiece"
    yield "nfkd", n.Sequence([n.NFKD(), n.StripAccents(), n.Lowercase()]), p.Whitespace(), "WordLevel"
    yield "nfc", n.NFC(), p.WhitespaceSplit(), "WordLevel"
    yield "nfd", n.NFD(), p.Sequence([p.WhitespaceSplit(), p.BertPreTokenizer()]), "WordPiece"
    yield "none", None, p.Sequence([p.Whitespace(), p.BertPreTokenizer()]), "WordPiece"
    yield "one-word", n.Lowercase(), None, "WordPiece"


def make_vocabulary(tokenizer, texts, kind):
    """Words and pieces of the texts as this normalizer and pre-tokenizer cut them; not all of them."""
    rng = random.Random(7)
    words = set()
    for text in texts:
        if tokenizer.normalizer is not None:
            text = tokenizer.normalizer.normalize_str(text)
        pieces = [(text, None)] if tokenizer.pre_tokenizer is None else tokenizer.pre_tokenizer.pre_tokenize_str(text)
        words.update(word for word, _ in pieces if word)
    chosen = {word for word in sorted(words) if len(word) < 12 and rng.random() < 0.5}
    if kind == "WordPiece":
        for word in sorted(words):
            cut = rng.randint(1, 3)
            chosen.add(word[:cut])
            chosen.update("##" + word[i:i + cut] for i in range(cut, min(len(word), 12), cut))
    return {token: number for number, token in enumerate(["[PAD]", "[UNK]", *sorted(chosen - {"[PAD]", "[UNK]"})])}


def make_model(folder, variant, number_type, texts):
    """A folder in Model2Vec's layout."""
    import numpy
    from safetensors.numpy import save_file
    from tokenizers import AddedToken, Tokenizer, models

    name, normalizer, pre_tokenizer, kind = variant
    model_class = getattr(models, kind)
    tokenizer = Tokenizer(model_class({"[UNK]": 0}, unk_token="[UNK]"))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    vocabulary = make_vocabulary(tokenizer, texts, kind)
    tokenizer.model = model_class(vocabulary, unk_token="[UNK]")
    tokenizer.add_special_tokens([AddedToken("[PAD]", normalized=False), AddedToken("[UNK]", normalized=False)])
    rng = numpy.random.default_rng(len(vocabulary))
    tensors = {"embeddings": rng.standard_normal((len(vocabulary), 40)).astype(number_type)}
    if number_type == "int8":
        tensors["embeddings"] = rng.integers(-127, 128, (len(vocabulary), 40)).astype("int8")
    if name in ("nfc", "nfkc"):  # a vocabulary quantised into rows that tokens share
        tensors["embeddings"] = tensors["embeddings"][:50]
        tensors["mapping"] = rng.integers(0, 50, len(vocabulary)).astype("int64" if name == "nfc" else "int32")
        tensors["weights"] = rng.random(len(vocabulary)).astype("float64" if name == "nfc" else "float32")
    target = folder / f"{name}-{number_type}"
    target.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(target / "tokenizer.json"))
    save_file(tensors, target / "model.safetensors")
    (target / "config.json").write_text(json.dumps({"normalize": name != "nfd"}))
    return target


# ---- the comparison ----


def run_program(program, folder, texts):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    output = subprocess.run([program, str(folder)], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in output.decode().splitlines()]


def compare(program, folder, texts, tolerance):
    """How many texts differ in ids or vector; the first few are printed."""
    import numpy
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(folder, max_length=None)
    expected = numpy.asarray(model.encode(texts), dtype="float64")
    ids = [encoding.ids for encoding in model.tokenizer.encode_batch(texts, add_special_tokens=False)]
    found = run_program(program, folder, texts)
    worst, failures = 0.0, 0
    for text, vector, numbers, ours in zip(texts, expected, ids, found, strict=True):
        distance = float(numpy.abs(vector - numpy.asarray(ours["embedding"])).max())
        worst = max(worst, distance)
        if ours["ids"] == numbers and distance <= tolerance:
            continue
        failures += 1
        if failures <= 3:
            print(f"  differs by {distance:.2e}: {text[:80]!a}\n    model2vec {numbers[:20]}\n    scaup     {ours['ids'][:20]}")
    known = sum(bool(numpy.any(vector)) for vector in expected)
    print(f"{folder.name}: {len(texts)} texts, {known} not zero, {failures} differ, largest difference {worst:.1e}")
    return failures


def main():
    arguments = parse_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if not arguments.inside:
        return start_inside(arguments)
    golden = golden_texts(arguments.source)
    odd = odd_texts(TEXTS // 2)
    texts = golden + odd + collection_texts(arguments.source, TEXTS // 2 - len(golden))
    failures = compare(arguments.program, arguments.source / "models" / "static-en-256", texts, TOLERANCE)
    small = golden + odd[:400]
    for number, variant in enumerate(tokenizer_variants()):
        number_type = ("float32", "float16", "int8", "float64")[number % 4]
        folder = make_model(arguments.work / "models", variant, number_type, small)
        failures += compare(arguments.program, folder, small, HALF_TOLERANCE if number_type == "float16" else TOLERANCE)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
