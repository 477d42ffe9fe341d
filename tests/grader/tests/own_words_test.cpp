#include "tests/grader/judge/own_words.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using grader::names_used;
using Names = std::vector<std::string>;

namespace {
const Names kNames = {"gather", "wait_for"};
}

TEST_CASE("names are found as words of their own") {
  CHECK(names_used("co_return co_await ch03::gather(tasks);", kNames) ==
        Names{"gather"});
  CHECK(names_used("using ch03 :: wait_for;gather", kNames) == kNames);
  CHECK(names_used("gather", kNames) == Names{"gather"});
  CHECK(names_used("gather_results(gather2, together)", kNames).empty());
  CHECK(names_used("gat\\\nher", kNames) == Names{"gather"});
  CHECK(names_used("", kNames).empty());
  CHECK(names_used("gather", {}).empty());
}

TEST_CASE("names in comments and literals do not count") {
  CHECK(names_used("// gather\n/* wait_for\n gather */ x", kNames).empty());
  CHECK(names_used("\"gather \\\" gather\" 'g' \"\"", kNames).empty());
  CHECK(names_used("R\"x(\" gather )\" )x\"", kNames).empty());
  CHECK(names_used("u8R\"(gather)\"", kNames).empty());
  CHECK(names_used("// to the end: gather", kNames).empty());
  CHECK(names_used("// goes on \\\ngather \\\r\ngather\n", kNames).empty());
  CHECK(names_used("\"goes on \\\ngather \\\r\ngather\"", kNames).empty());
  CHECK(names_used("/* without an end: gather", kNames).empty());
}

TEST_CASE("behind a comment or a literal, names count again") {
  CHECK(names_used("// x\ngather", kNames) == Names{"gather"});
  CHECK(names_used("// x \\\nx\ngather", kNames) == Names{"gather"});
  CHECK(names_used("// x \\", kNames).empty());
  CHECK(names_used("/* x */gather", kNames) == Names{"gather"});
  CHECK(names_used("\"x\" gather", kNames) == Names{"gather"});
  CHECK(names_used("'\\'' gather", kNames) == Names{"gather"});
  CHECK(names_used("R\"(x)\" gather", kNames) == Names{"gather"});
  CHECK(names_used("1'000 + gather + '1'", kNames) == Names{"gather"});
  CHECK(names_used("\"no end\ngather", kNames) == Names{"gather"});
}
