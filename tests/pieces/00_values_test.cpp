// Values at the edge: durations that are too long, clocks that are gone, and
// the text of anything that a program can return or throw.
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <ratio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "common/clock.hpp"
#include "common/repr.hpp"
#include "tests/catch.hpp"

namespace {

// For a structured binding: std::get() does not know it.
struct Position {
  int x;
  int y;
};
// Its items are no value_type.
struct Countdown {
  using value_type = std::string;
  const int* begin() const { return &last; }
  const int* end() const { return &last + 1; }
  int last = 0;
};

}  // namespace

template <>
struct std::tuple_size<Position> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I>
struct std::tuple_element<I, Position> {
  using type = int;
};

namespace {

using namespace std::chrono_literals;
using common::Duration;
using common::full_repr;
using common::repr;
using common::short_repr;
using std::chrono::nanoseconds;
using Years = std::chrono::years;

struct Cup {
  std::string repr() const { return "<Cup>"; }
};
struct BadCup {
  std::string repr() const { throw std::runtime_error("broken"); }
};
struct OddCup {
  std::string repr() const { throw 1; }
};
enum class Colour { red = 1, green };
struct Plain {};
struct Tree : std::vector<Tree> {};

}  // namespace

TEST_CASE("a duration that is too long becomes the longest there is") {
  CHECK(Duration(500 * Years(1)) == nanoseconds::max());
  CHECK(Duration(-500 * Years(1)) == nanoseconds::min());
  CHECK(Duration(293 * Years(1)) == nanoseconds::max());
  CHECK(Duration(292 * Years(1)) == nanoseconds(292 * Years(1)));
  CHECK(Duration(std::chrono::hours::max()) == nanoseconds::max());
  CHECK(Duration(std::chrono::seconds::min()) == nanoseconds::min());
  CHECK(Duration(nanoseconds::max()) == nanoseconds::max());
  CHECK(Duration(nanoseconds::min()) == nanoseconds::min());
  CHECK(Duration(std::chrono::microseconds::max()) == nanoseconds::max());
}

TEST_CASE("a duration of any unit is exact where it fits") {
  CHECK(Duration(1ns) == 1ns);
  CHECK(Duration(-3ms) == -3ms);
  CHECK(Duration(0.1s) == 100ms);
  CHECK(Duration(std::chrono::duration<float>(2.5F)) == 2500ms);
  CHECK(Duration(std::chrono::duration<int, std::pico>(1999)) == 1ns);
  CHECK(Duration(std::chrono::duration<unsigned, std::ratio<3>>(2)) == 6s);
  CHECK(Duration() == 0ns);
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  CHECK(Duration(std::chrono::duration<double>(kInfinite)) ==
        nanoseconds::max());
  CHECK(Duration(std::chrono::duration<double>(-kInfinite)) ==
        nanoseconds::min());
  const std::chrono::duration<double> nan(std::nan(""));
  CHECK_THROWS_WITH(Duration(nan), "Invalid delay: NaN (not a number)");
}

TEST_CASE("sums of durations do not overflow") {
  using common::saturated_sum;
  CHECK(saturated_sum(1ns, 2ns) == 3ns);
  CHECK(saturated_sum(nanoseconds::max(), 1ns) == nanoseconds::max());
  CHECK(saturated_sum(1ns, nanoseconds::max()) == nanoseconds::max());
  CHECK(saturated_sum(nanoseconds::min(), -1ns) == nanoseconds::min());
  CHECK(saturated_sum(-1ns, nanoseconds::min()) == nanoseconds::min());
  CHECK(saturated_sum(nanoseconds::min(), nanoseconds::max()) == -1ns);
}

TEST_CASE("a virtual clock that sleeps 500 years is at the end of time") {
  common::VirtualClock clock;
  common::Clock& any = clock;
  any.sleep(500 * Years(1));
  CHECK(clock.now() == nanoseconds::max());
  any.sleep(-500 * Years(1));
  clock.sleep(500 * Years(1));
  clock.advance(500 * Years(1));
  CHECK(clock.now() == nanoseconds::max());
}

TEST_CASE("a clock that is gone refuses all calls") {
  auto clock = std::make_unique<common::VirtualClock>();
  const common::ClockRef first(*clock);
  auto second = std::make_unique<common::ClockRef>(*clock);
  const common::ClockRef third(*clock);
  second.reset();  // in the middle of the row
  clock->advance(5s);
  CHECK(third->now() == 5s);
  clock.reset();
  for (const common::ClockRef* user : {&first, &third}) {
    CHECK_THROWS_AS((*user)->now(), std::runtime_error);
    CHECK_THROWS_AS((*user)->sleep(1s), std::runtime_error);
  }
}

TEST_CASE("repr: every number, a letter, a text that is not there") {
  CHECK(repr(5) == "5");
  CHECK(repr(5U) == "5");
  CHECK(repr(-5L) == "-5");
  CHECK(repr(static_cast<short>(7)) == "7");
  CHECK(repr(std::numeric_limits<unsigned long long>::max()) ==
        "18446744073709551615");
  CHECK(repr(2.5F) == "2.5");
  CHECK(repr('x') == "'x'");
  CHECK(repr(true) == "True");
  CHECK(repr(static_cast<const char*>(nullptr)) == "None");
}

TEST_CASE("short_repr: pointers to text, null or not") {
  const char* text = "hi";
  char* letters = nullptr;
  CHECK(short_repr(text) == "'hi'");
  text = nullptr;
  CHECK(short_repr(text) == "None");
  CHECK(short_repr(letters) == "None");
  CHECK(short_repr(std::optional<const char*>(nullptr)) == "None");
  CHECK(short_repr(std::vector<const char*>{nullptr, "x"}) == "[None, 'x']");
}

TEST_CASE("short_repr: variants, enumerations, paths and exceptions") {
  using Outcome = std::variant<int, std::exception_ptr>;
  CHECK(short_repr(Outcome(3)) == "3");
  CHECK(short_repr(Outcome(std::make_exception_ptr(std::runtime_error("x")))) ==
        "std::runtime_error('x')");
  CHECK(short_repr(std::variant<std::monostate, int>()) == "None");
  CHECK(short_repr(std::vector<Outcome>{1, std::exception_ptr()}) ==
        "[1, None]");
  CHECK(short_repr(Colour::green) == "Colour(2)");
  CHECK(short_repr(std::filesystem::path("/tmp/a")) == "'/tmp/a'");
  CHECK(short_repr(std::runtime_error("x")) == "std::runtime_error('x')");
  CHECK(short_repr(std::pair(1, std::string("b"))) == "(1, 'b')");
  CHECK(short_repr(std::make_unique<Cup>()) == "<Cup>");
  CHECK(short_repr(std::unique_ptr<Cup>()) == "None");
  CHECK(short_repr(std::make_unique<int>(1)) == "<unprintable>");
  CHECK(short_repr(Plain()) == "<unprintable>");
  CHECK(short_repr(static_cast<void*>(nullptr)) == "<unprintable>");
  CHECK(short_repr(&std::terminate) == "<unprintable>");
}

TEST_CASE("short_repr: what looks like a tuple or a list, and is none") {
  CHECK(short_repr(Position{1, 2}) == "<unprintable>");
  CHECK(short_repr(Countdown()) == "<unprintable>");
  CHECK(short_repr(std::vector<bool>{true, false}) == "[True, False]");
  CHECK(short_repr(std::tuple<>()) == "()");
}

TEST_CASE("short_repr: what a repr() throws ends no text") {
  CHECK(short_repr(BadCup()).find("<BadCup instance at 0x") == 0);
  const std::vector<OddCup> cups(2);
  const std::string text = short_repr(cups);
  CHECK(text.find("[<OddCup instance at 0x") == 0);
  CHECK(text.find(">, <OddCup instance at 0x") != std::string::npos);
}

TEST_CASE("short_repr: six levels, as in reprlib; full_repr: more") {
  Tree tree;
  const auto grow = [&tree] {
    Tree outer;
    outer.push_back(tree);
    tree = outer;
  };
  for (int i = 0; i < 8; ++i) grow();
  CHECK(short_repr(tree) == "[[[[[[[...]]]]]]]");
  CHECK(full_repr(tree) == "[[[[[[[[[]]]]]]]]]");
  for (int i = 0; i < 100; ++i) grow();
  CHECK(full_repr(tree).find("[...]") != std::string::npos);
}

TEST_CASE("full_repr: nothing is cut") {
  const std::string text(200, 'x');
  CHECK(full_repr(text) == "'" + text + "'");
  CHECK(full_repr(std::vector<int>{0, 1, 2, 3, 4, 5, 6}) ==
        "[0, 1, 2, 3, 4, 5, 6]");
  CHECK(full_repr(std::map<int, int>{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}}) ==
        "{0: 0, 1: 1, 2: 2, 3: 3, 4: 4}");
  CHECK(full_repr(std::tuple(0, 1, 2, 3, 4, 5, 6)) == "(0, 1, 2, 3, 4, 5, 6)");
}

TEST_CASE("fmt prints what has a repr()") {
  CHECK(fmt::format("{}", Cup()) == "<Cup>");
}
