// Probes: they get the same inputs on every machine, and write clean lines.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;

// The lines that a run writes.
std::string report_of(const std::function<void(probe::Run&)>& body) {
  common::FdPair pipe = common::make_pipe();
  probe::Run run(pipe.write.get(), 1, "name");
  body(run);
  pipe.write.reset();
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0;
       (count = ::read(pipe.read.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

TEST_CASE("values as text") {
  using probe::text;
  CHECK(text(true) == "true");
  CHECK(text(-7) == "-7");
  CHECK(text(std::size_t(7)) == "7");
  CHECK(text(1.5) == "1.500000");
  CHECK(text(-0.0) == "0.000000");
  CHECK(text(100ms) == "100 ms");
  CHECK(text(2s) == "2000 ms");
  CHECK(text(1500us) == "1.5 ms");
  CHECK(text(20'996'989ns) == "20.996989 ms");
  CHECK(text(20'996'999ns) == "20.997 ms - 1 ns");
  CHECK(text(-2ms - 1ns) == "-2 ms - 1 ns");
  CHECK(text(-2ms + 9ns) == "-2 ms + 9 ns");
  CHECK(text(-1500us) == "-1.5 ms");
  CHECK(text(1ms + 1ns) == "1 ms + 1 ns");
  CHECK(text(1ms + 10ns) == "1.00001 ms");
  CHECK(text(0ns) == "0 ms");
  CHECK(text(2500ns) == "2.5 us");
  CHECK(text(std::chrono::nanoseconds::min()) == "nanoseconds::min()");
  CHECK(text(std::chrono::nanoseconds::max()) == "nanoseconds::max()");
  CHECK(text(59min + 59s) == "3599000 ms");
  CHECK(text(1h) == "1 h");
  CHECK(text(2h + 1ns) == "2 h + 1 ns");
  CHECK(text(-2h - 3min - 4500us) == "-2 h - 3 min - 4.5 ms");
  CHECK(text(-std::chrono::nanoseconds::max()) ==
        "-2562047 h - 47 min - 16854.775807 ms");
  CHECK(text(7ns) == "7 ns");
  CHECK(text("as it is") == "as it is");
  CHECK(text(std::vector<int>{1, 2}) == "[1, 2]");
  CHECK(text(std::vector<bool>{true, false}) == "[true, false]");
  CHECK(text(std::vector<std::string>{"a", ""}) == R"(["a", ""])");
  CHECK(text(std::vector<int>()) == "[]");
  CHECK(text(std::optional<int>()) == "none");
  CHECK(text(std::optional<std::string>("none")) == "\"none\"");
  CHECK(text(std::pair<std::string, int>("a", 1)) == "(\"a\", 1)");
  CHECK(text(std::vector<std::pair<int, std::optional<bool>>>{{1, true}}) ==
        "[(1, true)]");
}

TEST_CASE("lines of a report") {
  CHECK(report_of([](probe::Run& run) {
          run.step("{} timers", 3);
          run.see("how many", 3);
          run.see("name", "tab\tnewline\nescape\x1b backslash\\ \xff");
          run.see_lines("log", {"one", ""});
        }) ==
        "step\t3 timers\n"
        "see\thow many\t3\n"
        "see\tname\ttab\\tnewline\\nescape\\x1b backslash\\\\ \\xff\n"
        "see\tlog, line 1\tone\n"
        "see\tlog, line 2\t\n"
        "see\tlog, line 3\t(no more lines)\n");
}

TEST_CASE("outcomes are standard classes, whatever the learner derived") {
  class Special : public std::invalid_argument {
   public:
    using std::invalid_argument::invalid_argument;
  };
  CHECK(report_of([](probe::Run& run) {
          run.see_outcome("a", [] {});
          run.see_outcome("b", [] { throw Special("text"); });
          run.see_outcome("c", [] {
            throw std::system_error(EBADF, std::generic_category(), "read");
          });
          run.see_outcome("d", [] { throw 3; });
        }) ==
        "see\ta\treturns\n"
        "see\tb\tthrows std::invalid_argument\n"
        "see\tc\tthrows std::system_error (Bad file descriptor)\n"
        "see\td\tthrows int\n");
}

TEST_CASE("inputs are the same on every machine") {
  probe::Run run(-1, 1, "name");
  CHECK(run.numbers(5, 1, 100) == std::vector<int>{20, 80, 26, 12, 45});
  CHECK(run.word() == "demidizi");
  CHECK(run.milliseconds(10, 20) == 17ms);
}

TEST_CASE("inputs differ by seed and by case") {
  const auto inputs = [](std::uint64_t seed, const char* name) {
    return probe::Run(-1, seed, name).numbers(8, 0, 1'000'000);
  };
  CHECK(inputs(1, "a") == inputs(1, "a"));
  CHECK(inputs(1, "a") != inputs(2, "a"));
  CHECK(inputs(1, "a") != inputs(1, "b"));
}

TEST_CASE("numbers reach both limits and are spread evenly") {
  probe::Run run(-1, 3, "spread");
  std::map<int, int> counts;
  for (int i = 0; i < 6000; ++i) ++counts[run.number(-2, 3)];
  CHECK(counts.size() == 6);
  CHECK(counts.begin()->first == -2);
  CHECK(counts.rbegin()->first == 3);
  for (const auto& [number, count] : counts) {
    INFO(number);
    CHECK(count > 900);
    CHECK(count < 1100);
  }
  CHECK(run.number(5, 5) == 5);
  CHECK_THROWS_AS(run.number(5, 4), std::invalid_argument);
  // The whole range of int causes no overflow.
  run.number(-2147483647 - 1, 2147483647);
}

TEST_CASE("words differ from each other") {
  probe::Run run(-1, 1, "words");
  const auto words = run.words(200);
  CHECK(std::set<std::string>(words.begin(), words.end()).size() == 200);
  probe::Run again(-1, 1, "words");
  CHECK(again.name("task") == "task-" + words[0]);
  CHECK(again.names("cook", 2) ==
        std::vector<std::string>{"cook-" + words[1], "cook-" + words[2]});
}

TEST_CASE("shuffled values are the same ones") {
  probe::Run run(-1, 1, "shuffle");
  std::vector<int> values(50);
  for (int i = 0; i < 50; ++i) values[static_cast<std::size_t>(i)] = i;
  auto shuffled = values;
  run.shuffle(shuffled);
  CHECK(shuffled != values);
  CHECK(std::is_permutation(values.begin(), values.end(), shuffled.begin()));
  const int picked = run.pick(values);
  CHECK(std::find(values.begin(), values.end(), picked) != values.end());
}

TEST_CASE("clean text") {
  using grader::escaped;
  CHECK(escaped("grüße \xe2\x86\x92 \xf0\x9f\x98\x80") ==
        "grüße \xe2\x86\x92 \xf0\x9f\x98\x80");
  CHECK(escaped("\xc0\x80") == "\\xc0\\x80");           // overlong
  CHECK(escaped("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // half a pair
  CHECK(escaped("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(escaped("\xe2\x86") == "\\xe2\\x86");  // cut off
  CHECK(escaped("\xc2\x9b"
                "31m") == "\\xc2\\x9b31m");  // a control of two bytes
  CHECK(escaped(std::string_view("\0\x7f", 2)) == "\\x00\\x7f");
  CHECK(grader::readable("a\\b\tc\x1b") == "a\\b    c\\x1b");
  // U+202E turns the rest of a line, U+2028 ends one; U+2026 is only dots.
  CHECK(grader::readable("a\xe2\x80\xae.\xe2\x80\xa8.\xd8\x9c.\xe2\x80\xa6") ==
        "a\\u202e.\\u2028.\\u061c.\xe2\x80\xa6");
  CHECK(escaped("\xe2\x81\xa6") == "\\u2066");
  CHECK(grader::columns("grüße") == 5);
  CHECK(grader::first_columns("grüße", 3) == "grü");
  CHECK(grader::first_columns("ab", 3) == "ab");
}
