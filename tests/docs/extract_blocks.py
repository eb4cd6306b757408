#!/usr/bin/env python3
"""Makes tests of the code blocks in Markdown files, so that no page shows code that does not work.

    extract_blocks.py extract FOLDER FILE...     writes C++ sources and blocks.cmake into FOLDER (at configure time)
    extract_blocks.py run PROGRAM [EXPECTED]     runs a program; exit code 0, and the output of the file EXPECTED
    extract_blocks.py check FILE...              checks sh and cmake blocks, and links to files
    extract_blocks.py self-test

The rules, by the language of the block:

  cpp with `int main`   a program: compiled with all warnings as errors, and run. Its output is compared with
                        the `//` lines after its last `}`, or else with the next block if that is `text`.
  cpp without           a fragment: compiled and linked, not run, in a function of its own whose parameters
                        tests/docs/prelude.hpp declares (db, notes, ...). Its #include lines go to the top.
  sh                    a path into a folder of the project, or of a script, must exist; so must a preset.
  cmake                 its lines appear, in this order and but for white space, in a CMakeLists.txt below
                        tests/consumer/, which ctest builds.
  others                not looked at.

A directive on the line before a cpp block changes that:

  <!-- docs: continue -->       the fragment goes on in the function of the fragment before it
  <!-- docs: file -->           not wrapped in a function: a source file of its own, after the prelude
  <!-- docs: compile -->        a program that is built but not run (it needs a network, or asks a person)
  <!-- docs: skip: REASON -->   not looked at
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Block:
    path: Path
    line: int  # of the first line inside the fence, counted from 1
    language: str
    directive: str
    text: str


def blocks_of(path, text):
    """The fenced blocks of a Markdown text, in order."""
    blocks, lines, at = [], text.split("\n"), 0
    while at < len(lines):
        fence = re.match(r"^( {0,3})(`{3,}|~{3,})\s*([\w+-]*)", lines[at])
        if fence:
            begin = at + 1
            at = begin
            while at < len(lines) and not re.match(rf"^ {{0,3}}{re.escape(fence[2])}[`~]*\s*$", lines[at]):
                at += 1
            directive = re.match(r"^\s*<!-- docs: (.+?) -->\s*$", lines[begin - 2]) if begin >= 2 else None
            body = "\n".join(line.removeprefix(fence[1]) for line in lines[begin:at]) + "\n"
            blocks.append(Block(path, begin + 1, fence[3], directive[1] if directive else "", body))
        at += 1
    return blocks


def is_program(block):
    return re.search(r"^int main\(", block.text, re.MULTILINE) is not None


def expected_output(block, following):
    """What the page says the program prints, or None where it says nothing."""
    tail = block.text[block.text.rfind("\n}") + 2:]
    comments = [line[2:].removeprefix(" ") for line in tail.split("\n") if line.startswith("//")]
    if comments:
        return "\n".join(comments)
    if following and following.language == "text":
        return following.text
    return None


def normalised(text):
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def line_directive(block, line):
    return f'#line {line} "{block.path}"\n'


class Extraction:
    """Collects what becomes of the blocks of one page."""

    def __init__(self, folder, path):
        self.folder, self.name = folder, path.stem
        self.programs, self.includes, self.bodies, self.files = [], [], [], []

    def add(self, block, following):
        if block.language != "cpp" or block.directive.startswith("skip: "):
            return
        if block.directive not in {"", "continue", "file", "compile"}:
            sys.exit(f"{block.path}:{block.line}: unknown directive {block.directive!r}; see extract_blocks.py")
        if is_program(block):
            self.add_program(block, following)
        elif block.directive == "file":
            self.files.append(f'#include "prelude.hpp"\n{line_directive(block, block.line)}{block.text}')
        else:
            self.add_fragment(block)

    def add_program(self, block, following):
        expected = None if block.directive == "compile" else expected_output(block, following)
        self.programs.append((line_directive(block, block.line) + block.text, block.directive != "compile", expected))

    def add_fragment(self, block):
        body = line_directive(block, block.line)
        for line in block.text.split("\n"):
            if line.startswith("#include"):
                self.includes.append(line)
                line = ""
            body += line + "\n"
        if block.directive == "continue" and self.bodies:
            self.bodies[-1] += body
        else:
            self.bodies.append(body)

    def write(self):
        """Writes the sources and returns the calls of functions in tests/docs/CMakeLists.txt."""
        calls = []
        for number, (text, runs, expected) in enumerate(self.programs, 1):
            name = f"{self.name}_{number}"
            write(self.folder / f"{name}.cpp", text)
            if expected is not None:
                write(self.folder / f"{name}.expected", normalised(expected) + "\n")
            output = f"{name}.expected" if expected is not None else ""
            calls.append(f'scaup_add_docs_program({name} {"ON" if runs else "OFF"} "{output}")')
        sources = [f"{self.name}_fragments.cpp"] + [f"{self.name}_file_{n}.cpp" for n in range(1, len(self.files) + 1)]
        for source, text in zip(sources, [self.fragments()] + self.files):
            write(self.folder / source, text)
        if self.bodies or self.files:
            calls.append(f"scaup_add_docs_fragments({self.name} {' '.join(sources)})")
        return calls

    def fragments(self):
        text = '#include "prelude.hpp"\n' + "".join(f"{line}\n" for line in self.includes)
        for number, body in enumerate(self.bodies, 1):
            # The inner braces let a fragment declare a name that is a parameter.
            text += f"scaup::Status fragment_{number}(SCAUP_DOCS_PARAMETERS) {{ {{\n{body}}}\n  return {{}};\n}}\n"
        return text + "int main() {}\n"


def write(path, text):
    """Leaves a file alone that is as it should be, so that nothing is built again for it."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def read_blocks(path):
    return blocks_of(path, path.read_text(encoding="utf-8"))


def extract(folder, *paths):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    calls = []
    for path in map(Path, paths):
        extraction = Extraction(folder, path)
        blocks = read_blocks(path)
        for block, following in zip(blocks, blocks[1:] + [None]):
            extraction.add(block, following)
        calls += extraction.write()
    write(folder / "blocks.cmake", "\n".join(calls) + "\n")
    return []


def run(program, expected=None):
    done = subprocess.run([program], capture_output=True, text=True, timeout=300)
    findings = [] if done.returncode == 0 else [f"exit code {done.returncode}", done.stderr]
    if expected is not None and normalised(done.stdout) != normalised(Path(expected).read_text(encoding="utf-8")):
        findings += ["the page says:", Path(expected).read_text(encoding="utf-8"), "the program printed:", done.stdout]
    return findings


def check_sh(block):
    folders = {p.name for p in ROOT.iterdir() if p.is_dir()} - {"build"}
    presets = {p["name"] for p in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]}
    findings = []
    for word in re.findall(r"[^\s\"'`;|&()<>]+", re.sub(r"(?m)(^|\s)#.*", "", block.text)):
        path = word.removeprefix("./")
        ours = "/" in path and (path.split("/")[0] in folders or path.endswith((".sh", ".py"))) and path[0] not in "/~$-"
        if ours and not re.search(r"[*$]", path) and not (ROOT / path).exists():
            findings.append(f"there is no {path}")
    for preset in re.findall(r"--preset[ =](\S+)", block.text):
        if preset not in presets:
            findings.append(f"there is no preset {preset}")
    return findings


def squeezed(text):
    """The lines of a CMake text without comments and white space."""
    lines = (re.sub(r"\s+", "", re.sub(r"#.*", "", line)) for line in text.split("\n"))
    return [line for line in lines if line]


def appears_in(wanted, lines):
    """Whether the wanted lines are among the lines, in their order."""
    rest = iter(lines)
    return all(any(line == other for other in rest) for line in wanted)


def check_cmake(block):
    wanted = squeezed(block.text)
    projects = sorted((ROOT / "tests" / "consumer").glob("*/CMakeLists.txt"))
    if any(appears_in(wanted, squeezed(p.read_text(encoding="utf-8"))) for p in projects):
        return []
    return ["no project below tests/consumer/ has these lines"]


def check_links(path):
    text = re.sub(r"(?ms)^ {0,3}(```+|~~~+).*?^ {0,3}\1", "", path.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [f"{path}: link to {t}, which is not there" for t in targets if "://" not in t and not (path.parent / t).exists()]


def check(*paths):
    checkers = {"sh": check_sh, "cmake": check_cmake}
    findings = []
    for path in map(Path, paths):
        findings += check_links(path)
        for block in read_blocks(path):
            if block.language in checkers and not block.directive.startswith("skip: "):
                findings += [f"{path}:{block.line}: {finding}" for finding in checkers[block.language](block)]
    return findings


def self_test():
    def block(language, text):
        return Block(Path("page.md"), 1, language, "", text)

    findings = []

    def expect(truth, what):
        if not truth:
            findings.append(what)

    page = "a\n<!-- docs: continue -->\n```cpp\nint x;\n```\n\n~~~text\n```\n~~~\n````md\n```cpp\n```\n````\n"
    blocks = blocks_of(Path("page.md"), page)
    expect([(b.line, b.language, b.directive) for b in blocks] == [(4, "cpp", "continue"), (8, "text", ""), (11, "md", "")], "blocks_of")
    program = block("cpp", "int main() {\n}\n// 1\n// 2\n")
    expect(is_program(program) and not is_program(block("cpp", "domain(1);\n")), "is_program")
    expect(expected_output(program, None) == "1\n2", "output in comments")
    expect(expected_output(block("cpp", "int main() {\n}\n"), block("text", "3\n")) == "3\n", "output in the next block")
    expect(expected_output(block("cpp", "int main() {\n}\n"), block("sh", "3\n")) is None, "no output")
    expect(check_sh(block("sh", "tests/nothing.sh\nother/run.sh\n")) != [], "a missing script")
    expect(len(check_sh(block("sh", "tests/nothing.sh\ncmake --preset never\n"))) == 2, "a missing preset")
    expect(check_sh(block("sh", "tests/run.sh  # or x/y.sh\ncmake --preset dev\ncat /etc/x.sh\n")) == [], "what is there")
    expect(check_cmake(block("cmake", "find_package( scaup 0.1 REQUIRED )\ntarget_link_libraries(app PRIVATE scaup::scaup)\n")) == [], "cmake lines of a consumer")
    expect(check_cmake(block("cmake", "target_link_libraries(app PRIVATE scaup::scaup)\nfind_package(scaup 0.1 REQUIRED)\n")) != [], "cmake lines in another order")
    return findings


def main():
    commands = {"extract": extract, "run": run, "check": check, "self-test": self_test}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    findings = commands[sys.argv[1]](*sys.argv[2:])
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
