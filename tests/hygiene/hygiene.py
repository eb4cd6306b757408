#!/usr/bin/env python3
"""Checks of the sources and of the built libraries that no compiler makes.

    hygiene.py CHECK [ARGUMENT...]

Each check is a function below with the decorator @check, and a ctest of its own. It returns a list of
sentences, one for each finding; none means that it passed. Needs the standard library and, for two
checks, nm.
"""

import re
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PUBLIC = ROOT / "include" / "scaup"
SOURCE = ROOT / "src"

# Which folders of src/ may include which. A folder may always include itself and the public headers.
_GROUND = ["base"]
_TOOLS = _GROUND + ["simd", "json", "text"]
_SEARCH = _TOOLS + ["filter", "index"]
ALLOWED_INCLUDES = {
    "base": [],
    "simd": _GROUND,
    "json": _GROUND,
    "text": _GROUND,
    "embed": _TOOLS,
    "model": _TOOLS + ["embed"],
    "net": _GROUND,
    "providers": ["base", "json", "net", "policy"],
    "filter": _TOOLS,
    "index": _TOOLS,
    "policy": _TOOLS + ["embed"],
    "rank": ["base", "simd", "json"],
    "storage": ["base", "json"],
    "archive": ["base", "json", "storage"],
    "engine": _SEARCH + ["storage", "rank"],
    "collection": _SEARCH + ["storage", "rank", "archive", "engine", "embed"],
    "retrieve": _SEARCH + ["storage", "rank", "archive", "engine", "embed", "collection"],
    "rag": _SEARCH + ["policy", "storage", "rank", "archive", "engine", "embed", "collection", "retrieve"],
}

# Headers of the operating system: no dependency, any file of src/ may include them.
OS_HEADERS = re.compile(r"^(sys/\w+|fcntl|unistd|dirent|poll|pthread|sched|signal|spawn)\.h$")

# What the library must not call: it never prints, and never ends the process.
FORBIDDEN_SYMBOLS = {
    "abort", "exit", "_exit", "_Exit", "quick_exit", "__assert_fail",
    "printf", "fprintf", "vprintf", "vfprintf", "dprintf", "puts", "fputs", "putchar", "putc", "fputc", "perror",
    "__printf_chk", "__fprintf_chk", "__vprintf_chk", "__vfprintf_chk", "stdout", "stderr",
    "std::cout", "std::cerr", "std::clog", "std::ios_base::Init::Init()",
}
# Object file -> {symbol: why it is there although nothing of scaup calls it}.
ALLOWED_SYMBOLS = {
    "graph_builder.cpp.o": {
        "std::cerr": "hnswlib warns of more than 10000 links; ours are clamped to 64",
        "std::ios_base::Init::Init()": "hnswlib.h includes <iostream>",
        "__assert_fail": "hnswlib's deletion marks, in builds with assertions; not used",
    },
}

CHECKS = {}


def check(function):
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


def name_of(path):
    return str(path.relative_to(ROOT))


def sources(*folders, suffixes=(".cpp", ".hpp")):
    """The files below these folders of the project, sorted."""
    return sorted(p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in suffixes and "build" not in p.parts)


def project_files():
    """What belongs to the project: as git knows it, or, without git, everything outside build folders."""
    git = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if git.returncode == 0:
        return sorted(ROOT / line for line in git.stdout.splitlines() if (ROOT / line).is_file())
    return sorted(p for p in ROOT.rglob("*") if p.is_file() and not re.search(r"/(build[^/]*|\.git)/", str(p)))


def includes_of(path):
    """(line number, included name, whether in angle brackets) of each include."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")', line)
        if match:
            found.append((number, match[1] or match[2], match[1] is not None))
    return found


def is_standard(header):
    return "/" not in header and not header.endswith((".h", ".hpp")) or header in {"errno.h", "limits.h"}


def blank_comments_and_strings(text):
    """The same text, same lines, with comments, strings and character literals replaced by blanks."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\s\\]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z])\'(?:\\.|[^\'\\\n])+\''
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL)


def nm(path, *options):
    return subprocess.run(["nm", "-C", *options, str(path)], capture_output=True, text=True, check=True).stdout.splitlines()


@check
def public_headers():
    """Public headers: ASCII, the standard library and scaup/ alone, no exceptions, no conditional code."""
    findings = []
    for path in sorted(PUBLIC.rglob("*")):
        text = path.read_bytes()
        if not text.isascii():
            findings.append(f"{name_of(path)} is not ASCII")
        for number, header, angled in includes_of(path):
            if angled and not is_standard(header) or not angled and not header.startswith("scaup/"):
                findings.append(f"{name_of(path)}:{number}: includes {header}")
            if header in {"iostream", "ostream", "istream"}:
                findings.append(f"{name_of(path)}:{number}: includes a stream header")
        code = blank_comments_and_strings(text.decode(errors="replace"))
        for number, line in enumerate(code.splitlines(), 1):
            if re.search(r"\b(throw|try|catch)\b", line):
                findings.append(f"{name_of(path)}:{number}: throw, try or catch")
            directive = re.match(r"\s*#\s*(\w+)", line)
            macros = path.name in {"config.hpp", "version.hpp"}
            if directive and directive[1] not in {"include", "pragma"} and not (macros and directive[1] == "define"):
                findings.append(f"{name_of(path)}:{number}: #{directive[1]}")
        if not text.startswith(b"#pragma once\n//"):
            findings.append(f"{name_of(path)} does not begin with #pragma once and a comment")
    return findings


@check
def umbrella_header():
    """scaup.hpp includes every other public header."""
    included = {header for _, header, _ in includes_of(PUBLIC / "scaup.hpp")}
    expected = {f"scaup/{p.name}" for p in PUBLIC.glob("*.hpp")} - {"scaup/scaup.hpp"}
    return [f"scaup.hpp does not include {header}" for header in sorted(expected - included)]


@check
def include_direction():
    """Folders of src/ include each other only along ALLOWED_INCLUDES, and files form no circle."""
    findings = []
    graph = {}
    for path in sources("src"):
        folder = path.relative_to(SOURCE).parts[0]
        name = str(path.relative_to(SOURCE))
        graph[name] = []
        for number, header, angled in includes_of(path):
            if angled or header.startswith("scaup/"):
                continue
            target = header.split("/")[0]
            if not (SOURCE / header).is_file():
                findings.append(f"src/{name}:{number}: {header} is not a file below src/")
            elif target != folder and target not in ALLOWED_INCLUDES.get(folder, []):
                findings.append(f"src/{name}:{number}: {folder} may not include {target}")
            elif header != name:  # a SIMD source names itself for its targets
                graph[name].append(header)
    return findings + circles(graph)


def circles(graph):
    """A sentence for each file that includes itself through others."""
    findings = []
    for start in sorted(graph):
        seen, front = set(), list(graph[start])
        while front:
            node = front.pop()
            if node not in seen:
                seen.add(node)
                front.extend(graph.get(node, []))
        if start in seen:
            findings.append(f"src/{start} includes itself through other files")
    return findings


@check
def third_party_includers():
    """A third-party header has one includer in src/, and that is a .cpp file."""
    users = {}
    findings = []
    for path in sources("src"):
        for number, header, angled in includes_of(path):
            if not angled or is_standard(header) or header.startswith("scaup/") or OS_HEADERS.match(header):
                continue
            users.setdefault(header, set()).add(name_of(path))
            if path.suffix == ".hpp":
                findings.append(f"{name_of(path)}:{number}: {header} in a header")
    return findings + [f"{header} is included by {', '.join(sorted(files))}" for header, files in sorted(users.items()) if len(files) > 1]


@check
def forbidden_symbols(*archives):
    """The libraries reference nothing that prints or ends the process."""
    findings = []
    for archive in archives:
        member = Path(archive).name
        for line in nm(archive, "-u"):
            if line.endswith(".o:"):
                member = line[:-1]
                continue
            symbol = re.sub(r"@.*", "", line.strip()[2:].strip())
            if symbol in FORBIDDEN_SYMBOLS and symbol not in ALLOWED_SYMBOLS.get(member, {}):
                findings.append(f"{Path(archive).name}: {member} refers to {symbol}")
    return findings


@check
def exported_symbols(prefix):
    """A shared build exports namespace scaup, and weak symbols that the compiler makes for it."""
    findings = []
    libraries = sorted(p for p in Path(prefix).rglob("libscaup*.so*") if not p.is_symlink())
    if not libraries:
        return [f"no shared library below {prefix}"]
    # A function pointer with a type of ours in its signature brings a typeinfo of the whole signature.
    ours = re.compile(r"^(?:(?:typeinfo(?: name)?|vtable|VTT|guard variable|(?:non-)?virtual thunk) (?:for|to) )?scaup::"
                      r"|^typeinfo (?:name )?for void .*\bscaup::")
    for library in libraries:
        symbols = [line.split(maxsplit=2) for line in nm(library, "-D", "--defined-only")]
        if not any(ours.match(name) for _, _, name in symbols):
            findings.append(f"{library.name} exports nothing")
        for _, kind, name in symbols:
            # Weak ones are what templates, inline functions and types of functions give; their names hold ours
            # or those of the standard library somewhere.
            weak = kind in "WVu" and re.search(r"\b(std|__gnu_cxx|scaup)::", name)
            if not ours.match(name) and not weak:
                findings.append(f"{library.name} exports {name}")
    return findings


@check
def machine_paths():
    """No file names a folder of the machine that it was written on."""
    pattern = re.compile(r"(?<![\w./$}])/(?:home|root|work|tmp|Users|var/folders)/\w")
    findings = []
    for path in project_files():
        if path.stat().st_size > 1 << 20:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        findings += [f"{name_of(path)}:{number}: {match[0]}" for number, line in enumerate(lines, 1) if (match := pattern.search(line))]
    return findings


@check
def open_ends():
    """No file announces work that is not done."""
    pattern = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bXX" + r"X\b", r"\bHA" + r"CK\b"]))
    findings = []
    for path in sources("include", "src", "tests", "examples", "bench", "cmake", suffixes=(".cpp", ".hpp", ".cmake", ".py", ".sh", ".txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                findings.append(f"{name_of(path)}:{number}: {line.strip()}")
    return findings


@check
def file_sizes():
    """A file is one idea: a limit of lines for each kind of file."""
    limits = [("include", 250), ("src", 500), ("tests", 500), ("bench", 500), ("examples", 100)]
    findings = []
    for folder, limit in limits:
        for path in sources(folder):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > limit:
                findings.append(f"{name_of(path)} has {lines} lines, more than {limit}")
    contributing = ROOT / "CONTRIBUTING.md"
    if contributing.read_text(encoding="utf-8").count("\n") > 40:
        findings.append("CONTRIBUTING.md has more than 40 lines")
    return findings


def function_lengths(text):
    """(first line, lines, head) of each function body in C++ source, lambdas and nested functions not counted alone.

    Follows braces. What stands before a brace, back to the last `;`, `{` or `}`, tells what it opens: a scope
    to look into (namespace, class), a function (there is a parameter list), or something else to skip.
    """
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", blank_comments_and_strings(text), flags=re.MULTILINE)
    found, head_start, at = [], 0, 0
    while at < len(code):
        if code[at] == ";" or code[at] == "}":
            head_start = at + 1
        elif code[at] == "(":
            at = matching(code, at)
        elif code[at] == "{":
            head = code[head_start:at].strip()
            is_scope = re.match(r"(?:template\s*<[^;{]*>\s*)?(?:requires[^;{]*\s)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern)\b", head)
            if is_scope and not re.search(r"\)\s*(const|noexcept|override|final)*\s*$", head):
                head_start = at + 1
            else:
                end = matching(code, at)
                next_mark = re.match(r"\s*([,{])", code[end + 1:])
                if next_mark and re.search(r"\)\s*(noexcept\s*)?:", head):
                    pass  # a brace in a constructor's list of initialisers; the body comes later
                elif "(" in head and not re.search(r"=\s*$", head):
                    first = code.count("\n", 0, head_start + len(code[head_start:at]) - len(code[head_start:at].lstrip())) + 1
                    found.append((first, code.count("\n", 0, end) + 1 - first + 1, " ".join(head.split())))
                    head_start = end + 1
                at = end
        at += 1
    return found


def matching(code, at):
    """The index of the bracket that closes the one at `at`, or the last index."""
    opening, closing = {"{": "{}", "(": "()"}[code[at]]
    depth = 0
    for index in range(at, len(code)):
        depth += (code[index] == opening) - (code[index] == closing)
        if depth == 0:
            return index
    return len(code) - 1


@check
def function_sizes():
    """A function fits a screen: 60 lines at most, nine of ten in a folder at most 25."""
    findings, lengths = [], []
    for path in sources("src", "examples", "bench"):
        for line, size, head in function_lengths(path.read_text(encoding="utf-8")):
            lengths.append(size)
            if size > 60:
                findings.append(f"{name_of(path)}:{line}: {size} lines: {head[:80]}")
    lengths.sort()
    if lengths and lengths[len(lengths) * 9 // 10] > 25:
        findings.append(f"one function in ten has more than {lengths[len(lengths) * 9 // 10]} lines; 25 are the aim")
    return findings


@check
def executable_bits():
    """What begins with #! can be run, and nothing else can."""
    findings = []
    for path in project_files():
        with path.open("rb") as file:
            script = file.read(2) == b"#!"
        executable = bool(path.stat().st_mode & stat.S_IXUSR)
        if script != executable:
            findings.append(f"{name_of(path)} {'is a script without the executable bit' if script else 'is executable but no script'}")
    return findings


@check
def self_test():
    """The checks find what they are for."""
    sample = """
namespace a {
struct B final : C {
  B(int x) : x_{x}, y_(2) {
    f("}");  // }
  }
  int x_ = {};
  std::vector<int> list = {1, 2};
};
template <typename T>
auto f(T t) -> std::vector<T> requires(x<T>) {
  auto g = [&](int i) {
    return '{' + i;
  };
  return g(R"x(})x");
}
enum class E : int { one };
constexpr int kTable[] = {1, 2};
}  // namespace a
"""
    sizes = [(size, head.split("(")[0].split()[-1]) for _, size, head in function_lengths(sample)]
    findings = [] if sizes == [(3, "B"), (7, "f")] else [f"function_lengths gives {sizes}"]
    if circles({"a": ["b"], "b": ["a"], "c": ["a"]}) != [f"src/{n} includes itself through other files" for n in "ab"]:
        findings.append("circles does not find a circle")
    if "x" in blank_comments_and_strings("// x\n/* x\n*/ \"x\\\"x\" 'x' R\"(x\"x)\""):
        findings.append("blank_comments_and_strings leaves text")
    if not is_standard("vector") or is_standard("re2/re2.h") or is_standard("xxhash.h"):
        findings.append("is_standard confuses headers")
    return findings


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in CHECKS:
        print(f"usage: hygiene.py CHECK [ARGUMENT...]; checks: {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    findings = CHECKS[sys.argv[1]](*sys.argv[2:])
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
