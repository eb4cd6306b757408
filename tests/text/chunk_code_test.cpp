// The code chunker: whole blocks where they fit, in languages of braces and of indentation.

#include <string>
#include <vector>

#include "scaup/format_chunkers.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Texts = std::vector<std::string>;

Texts cut(const std::string& text, std::size_t size, CodeStyle style = CodeStyle::automatic) {
  Texts texts;
  const auto chunker = make_code_chunker({.size = size, .unit = Unit::characters, .style = style});
  for (const Document& chunk : require_ok(chunker->chunk({.id = "doc", .text = text}))) texts.push_back(chunk.text);
  return texts;
}

}  // namespace

TEST_CASE("code chunker: whole functions where they fit, packed up to the size") {
  const std::string a = "int a() {\n  return 1;\n}";
  const std::string b = "int b() {\n  if (x) {\n    y();\n  }\n  return 2;\n}";
  REQUIRE(cut(a + "\n" + b + "\n" + a, 50) == Texts{a, b, a});
  REQUIRE(cut(a + "\n" + b + "\n" + a, 80) == Texts{a + "\n" + b, a});
}

TEST_CASE("code chunker: the comment right above a function stays with it, and else with its if") {
  const std::string a = "int a() {\n  return 1;\n}";
  REQUIRE(cut(a + "\n// Says two.\n" + a, 40) == Texts{a, "// Says two.\n" + a});
  const std::string branches = "if (x) {\n  y();\n}\nelse {\n  z();\n}";
  REQUIRE(cut(a + "\n" + branches, 45) == Texts{a, branches});
}

TEST_CASE("code chunker: a class that is too large is cut between its members") {
  REQUIRE(cut("class A {\n  void f() {\n    one();\n  }\n  void g() {\n    two();\n  }\n};\nint x;\n", 42) ==
          Texts{"class A {\n  void f() {\n    one();\n  }", "void g() {\n    two();\n  }\n};\nint x;"});
}

TEST_CASE("code chunker: a block without blocks inside is cut at line ends") {
  REQUIRE(cut("void f() {\n  one();\n  two();\n  three();\n}\n", 20) ==
          Texts{"void f() {\n  one();", "two();\n  three();\n}"});
}

TEST_CASE("code chunker: braces in strings and comments open nothing") {
  const std::string a = "auto s = \"{\";  // {\n/* { */ char c = '{'; auto r = R\"x({)\"{)x\";\nauto t = `{\n{`;";
  const std::string b = "int b() {\n  return 1'000;\n}";
  REQUIRE(cut(a + "\n\n" + b + "\n\n" + b, 80) == Texts{a, b + "\n\n" + b});
  const std::string lifetimes = "impl A {\n  fn f<'a>(x: &'a str) {\n    g();\n  }\n  fn h() {\n    i();\n  }\n}";
  REQUIRE(cut("fn j() {\n}\n" + lifetimes, 75) == Texts{"fn j() {\n}", lifetimes});
  REQUIRE(cut("s = r#\"a\"{\"#;\n\nt = 1;\n\nfn h() {\n}", 25) == Texts{"s = r#\"a\"{\"#;\n\nt = 1;", "fn h() {\n}"});
}

TEST_CASE("code chunker: brackets that never close leave the rest to be cut all the same") {
  REQUIRE(cut("f({[\n\none();\n\ntwo();\n", 8) == Texts{"f({[", "one();", "two();"});
  REQUIRE(cut("/* open\n\none\n\ntwo\n", 8) == Texts{"/* open", "one\n\ntwo"});
  REQUIRE(cut("}}}\n\nint x;\n", 7) == Texts{"}}}", "int x;"});
}

TEST_CASE("code chunker: functions of a language of indentation, with their decorators") {
  const std::string a = "def a():\n    return 1";
  const std::string b = "@cached\ndef b(x):\n    if x:\n        y()\n    else:\n        z()\n    return {\n'k': 1}";
  REQUIRE(cut(a + "\n" + b + "\n" + a + "\n", 90) == Texts{a, b, a});
  const std::string c = "class C:\n    def f(self):\n        one()";
  const std::string d = "    def g(self):\n        '''Text.\n\nText.\n'''\n        two()";
  REQUIRE(cut(c + "\n\n" + d + "\nx = 1\n", 60) == Texts{c, d.substr(4) + "\nx = 1"});
}

TEST_CASE("code chunker: the style is found by the extension, else by the lines") {
  const std::string python = "def a():\n    one(1)\ndef b():\n    two(2)\n";
  REQUIRE(cut(python, 30) == Texts{"def a():\n    one(1)", "def b():\n    two(2)"});
  const auto chunker = make_code_chunker({.size = 30, .unit = Unit::characters});
  REQUIRE(
      require_ok(chunker->chunk({.id = "a.py", .text = "x = 1\nclass A:\n    y = 2\nclass B:\n    z = 3"}))[1].text ==
      "class B:\n    z = 3");
  require_error(make_code_chunker({.style = static_cast<CodeStyle>(7)})->chunk({.text = "x"}),
                ErrorCode::invalid_argument, {"style is 7"});
}

TEST_CASE("code chunker: deep nesting is cut in linear time") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "{\n\n";
  REQUIRE(cut(text, 100, CodeStyle::braces).size() > 1000);
  std::string python;
  for (std::size_t i = 0; i < 1000; ++i) python += std::string(i, ' ') + "if x:\n";
  REQUIRE(cut(python, 3000, CodeStyle::indentation).size() > 100);
}
