#!/usr/bin/env python3
"""Runs the command line `scaup` on a database that the example 04_persist made.

    scaup_tool_test.py SCAUP PERSIST

Every command, right and wrong input, on files in a temporary folder. Needs the standard library alone.
"""

import json
import os
import pty
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCAUP, PERSIST = sys.argv[1:3]


class Tool(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)
        self.db = self.folder / "db"
        subprocess.run([PERSIST, self.db], check=True, capture_output=True)

    def run_tool(self, *arguments, code=0, **environment):
        done = subprocess.run([SCAUP, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment})
        self.assertEqual(done.returncode, code, (arguments, done.stdout, done.stderr))
        if code == 0:
            self.assertEqual(done.stderr, "")  # no bar where nobody watches
            return done.stdout
        if code == 2 or not done.stdout:
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stdout + done.stderr

    def test_help_and_usage(self):
        self.assertIn("exit codes", self.run_tool("--help"))
        self.assertIn("command", self.run_tool(code=2))
        self.assertIn("\"frobnicate\"", self.run_tool("frobnicate", code=2))
        self.assertIn("1 arguments, not 0", self.run_tool("info", code=2))
        self.assertIn("--existing", self.run_tool("info", self.db, "--existing", "fail", code=2))
        self.assertIn("\"perhaps\"", self.run_tool("import", self.db, "x", "--existing", "perhaps", code=2))
        self.assertIn("value", self.run_tool("query", self.db, "notes", "text", "-k", code=2))
        self.assertIn("\"0\"", self.run_tool("query", self.db, "notes", "text", "-k", "0", code=2))
        self.assertIn("one --collection", self.run_tool("export", self.db, "x", "--json-lines", code=2))

    def test_info(self):
        self.assertRegex(self.run_tool("info", self.db), r"^notes: 3 documents, 0 without a vector, cosine, \d+ components, by .+\n$")
        self.assertIn("not_found", self.run_tool("info", self.folder / "none", code=1))
        self.assertFalse((self.folder / "none").exists())

    def test_verify(self):
        self.assertIn("all is well", self.run_tool("verify", self.db))
        self.run_tool("verify", self.folder / "none", code=1)
        checkpoint = next(self.db.glob("collections/*/checkpoint-*"))
        contents = bytearray(checkpoint.read_bytes())
        contents[len(contents) // 2] ^= 1
        checkpoint.write_bytes(contents)
        self.assertIn(checkpoint.name, self.run_tool("verify", self.db, code=1))

    def test_query(self):
        found = self.run_tool("query", self.db, "notes", "Why were the ferries late?", "-k", "2")
        self.assertEqual(len(found.splitlines()), 2)
        self.assertRegex(found, r"^1\. \d\.\d{3}  fog: Fog delayed")
        only = self.run_tool("query", self.db, "notes", "ferries", "--filter", '{"year": {"$lt": 2020}}')
        self.assertRegex(only, r"^1\. \S+  gale: [^\n]+\n$")
        self.assertIn("invalid_argument", self.run_tool("query", self.db, "notes", "ferries", "--filter", "{", code=1))
        self.assertIn("not_found", self.run_tool("query", self.db, "none", "ferries", code=1))

    def test_archives(self):
        archive, copy = self.folder / "backup.scaup", self.folder / "copy"
        self.assertEqual(self.run_tool("export", self.db, archive), "exported 3 documents of 1 collections, 0 of them without a vector\n")
        self.assertIn("imported 3 documents", self.run_tool("import", copy, archive))
        self.assertEqual(self.run_tool("info", copy), self.run_tool("info", self.db))
        self.assertIn("already_exists", self.run_tool("import", copy, archive, code=1))
        self.run_tool("import", copy, archive, "--existing", "replace")
        self.run_tool("import", copy, archive, "--existing", "merge", "--collection", "notes")
        self.assertIn("3 documents", self.run_tool("info", copy))
        self.assertIn("not_found", self.run_tool("export", self.db, archive, "--collection", "none", code=1))
        self.assertIn("not_found", self.run_tool("import", copy, self.folder / "none", code=1))
        archive.write_bytes(archive.read_bytes()[:-1])
        self.assertIn("corruption", self.run_tool("import", self.folder / "other", archive, code=1))

    def test_encryption(self):
        archive, copy = self.folder / "secret.scaup", self.folder / "copy"
        self.run_tool("export", self.db, archive, "--passphrase-env", "WORD", WORD="open sesame")
        self.assertIn("unauthorized", self.run_tool("import", copy, archive, code=1))
        self.assertIn("unauthorized", self.run_tool("import", copy, archive, "--passphrase-env", "WORD", code=1, WORD="open barley"))
        wrong = self.run_tool("import", copy, archive, "--passphrase-env", "NOT_SET", code=1)
        self.assertIn("NOT_SET", wrong)
        self.run_tool("import", copy, archive, "--passphrase-env", "WORD", WORD="open sesame")
        self.assertIn("3 documents", self.run_tool("info", copy))

    def test_json_lines(self):
        lines, copy = self.folder / "notes.jsonl", self.folder / "copy"
        self.run_tool("export", self.db, lines, "--json-lines", "--collection", "notes")
        documents = [json.loads(line) for line in lines.read_text().splitlines()]
        self.assertEqual({document["id"] for document in documents}, {"gale", "fog", "crane"})
        with lines.open("a") as file:
            file.write('{"id": "buoy", "text": "A buoy marks the sandbank."}\n')
        self.assertIn("imported 4 documents", self.run_tool("import", copy, lines, "--json-lines", "--collection", "notes"))
        self.assertIn(" buoy: ", self.run_tool("query", copy, "notes", "sandbank", "-k", "1"))
        lines.write_text('{"id": "a", "embedding": [1, 2]}\n{"id": "b", "embedding": [1, "x"]}\n')
        self.assertIn("line 2", self.run_tool("import", copy, lines, "--json-lines", "--own-vectors", "--collection", "own", code=1))
        lines.write_text('{"id": "a", "embedding": [1, 2]}\n')
        self.run_tool("import", copy, lines, "--json-lines", "--own-vectors", "--collection", "own")
        self.assertIn("own: 1 documents, 0 without a vector, cosine, 2 components\n", self.run_tool("info", copy))

    def test_what_terminals_get(self):
        """A text cannot send control sequences, and bars go to terminals alone, which end up clean."""
        lines = self.folder / "notes.jsonl"
        lines.write_text(json.dumps({"id": "evil", "text": "fog \u001b[2J fog"}) + "\n")
        main, side = pty.openpty()
        done = subprocess.run([SCAUP, "import", self.db, lines, "--json-lines", "--collection", "notes"], stdout=subprocess.PIPE, stderr=side)
        os.close(side)
        os.set_blocking(main, False)
        try:
            shown = os.read(main, 10_000)
        except OSError:
            shown = b""
        os.close(main)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"importing [", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"))
        self.assertNotIn("\u001b", self.run_tool("query", self.db, "notes", "fog"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
