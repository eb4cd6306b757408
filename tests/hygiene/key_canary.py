#!/usr/bin/env python3
"""Runs a test program and looks for the tests' API key in all that it prints.

    key_canary.py PROGRAM [ARGUMENT...]               fails where the program fails, or prints the key
    key_canary.py --must-find PROGRAM [ARGUMENT...]   fails unless it does print the key
    key_canary.py --self-test                         the key is found in every form, and only there

With -s a Catch2 program prints each message that its tests looked at, also where they asked for something else than
the key. Of such output the assertions that passed are looked at, but not passed on. Needs the standard library.
"""

import base64
import re
import subprocess
import sys
from pathlib import Path

HEADER = Path(__file__).resolve().parent.parent / "support" / "canary_key.hpp"
PIECE = 8  # characters: a cut key is a leak too, and the tests' own sources have shorter pieces of it

RULE = re.compile(r"[-=]{79}$")
PLACE = re.compile(r"\S+:\d+: ")
PASSED = re.compile(r"\S+:\d+: PASSED:")
EMPTY_HEADING = re.compile(r"-{79}\n(?:.+\n)+?-{79}\n.+:\d+\n\.{79}\n\s*(?=[-=]{79}\n)")


def the_key():
    return re.search(r'kCanaryKey = "([^"]+)"', HEADER.read_text(encoding="utf-8"))[1]


def forms_of(key):
    """What gives the key away: its pieces, and the whole as hex and base64, at each alignment."""
    forms = {key[at:at + PIECE] for at in range(len(key) - PIECE + 1)}
    forms.add(key.encode().hex())
    for shift in range(3):
        # The first characters hold bits of what stands before, the last ones of what comes behind.
        encoded = base64.b64encode(b"\0" * shift + key.encode()).decode().rstrip("=")
        forms.add(encoded[2 * shift - shift // 2:-1])
    return forms


def unwrapped(text):
    """The text as it was before Catch2 broke its lines: between words, or within one and then with a hyphen."""
    return [text, re.sub(r"\n *", "", text), re.sub(r"-\n *", "", text)]


def leaks(text, key):
    forms = forms_of(key)
    return sorted(form for form in forms if any(form in variant for variant in unwrapped(text)))


def places(text, found):
    """The lines around the first place, for the message."""
    at = min((text.find(form) for form in found if form in text), default=-1)
    if at < 0:
        return "(broken over two lines)"
    lines = text[:at].count("\n")
    return "\n".join(text.split("\n")[max(0, lines - 8):lines + 3])


def without_passes(text):
    kept = []
    passing = False
    for line in text.split("\n"):
        if PASSED.match(line):
            passing = True
        elif RULE.match(line) or PLACE.match(line):
            passing = False
        if not passing:
            kept.append(line)
    return EMPTY_HEADING.sub("", "\n".join(kept))


def run(command):
    """Its exit code and all that it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode, done.stdout.decode("utf-8", errors="replace").replace("\r\n", "\n")


def examine(command, must_find):
    key = the_key()
    code, text = run(command)
    found = leaks(text, key)
    print(without_passes(text))
    if code != 0:
        print(f"key_canary: the program ended with {code}")
    if not text:
        print("key_canary: the program printed nothing, so that nothing was looked at")
    if must_find and not found:
        print("key_canary: the key is not in the output, although it should have been found there")
    if found and not must_find:
        print(f"key_canary: the output holds the tests' API key, as {', '.join(found)}:\n{places(text, found)}")
    print(f"key_canary: {len(text)} characters of output looked through")
    return code == 0 and bool(text) and bool(found) == must_find


def other_keys():
    """Keys that stand in the tests themselves, so that nothing would look for them."""
    tests = HEADER.parent.parent
    files = [path for folder in ["net", "providers"] for path in sorted((tests / folder).glob("*.?pp"))]
    return [path.name for path in files
            if re.search(r'Secret::from_string\("[^"]{3,}"', path.read_text(encoding="utf-8"))]


def self_test():
    assert not other_keys(), other_keys()
    key = the_key()
    assert len(key) >= 2 * PIECE, key
    encoded = [base64.b64encode(b"x" * shift + key.encode() + b"y").decode() for shift in range(5)]
    for shown in [key, key[:PIECE], key[-PIECE:], key.encode().hex(), *encoded,
                  *(key[:at] + "\n    " + key[at:] for at in range(1, len(key))),
                  *(key[:at] + "-\n  " + key[at:] for at in range(1, len(key)))]:
        for stream in ["stdout", "stderr"]:
            assert leaks(f"some {shown} text", key), shown
            if shown == key:
                program = f"import sys; sys.{stream}.write('some {shown} text')"
                assert not examine([sys.executable, "-c", program], must_find=False)
                assert examine([sys.executable, "-c", program], must_find=True)
    for shown in [key[:PIECE - 1], key[-PIECE + 1:], "canary", ""]:
        assert not leaks(f"some {shown} text", key), shown
    for program, sound in [("print('fine')", True), ("", False), ("print(1); exit(3)", False),
                           ("import os; print(1, flush=True); os.abort()", False)]:
        assert examine([sys.executable, "-c", program], must_find=False) == sound, program
    rule, dots = "-" * 79, "." * 79
    heading = f"{rule}\nname\n{rule}\na.cpp:1\n{dots}\n\n"
    passed, failed = "a.cpp:2: PASSED:\n  x == 1\n\n  1 == 1\n\n", "a.cpp:3: FAILED:\n  y\n\n"
    end = "=" * 79 + "\nend\n"
    assert without_passes(heading + passed + heading + passed + failed + passed + end) == heading + failed + end
    return True


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        return 0 if self_test() else 1
    must_find = arguments[:1] == ["--must-find"]
    command = arguments[1:] if must_find else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    return 0 if examine(command, must_find) else 1


if __name__ == "__main__":
    sys.exit(main())
