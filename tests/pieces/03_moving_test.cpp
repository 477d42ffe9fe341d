// Chapter 3: the seam moving(). What a coroutine does within a step is told to
// a loop that listens, in the order in which it happens, and to no other.

#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/03_bench.hpp"
#include "tests/pieces/loops.hpp"

using namespace tasks;
using ch03::Frame;
using ch03::Move;

namespace {

template <class Loop>
class Listener final : public Loop {
 public:
  using Loop::Loop;
  bool listens = true;
  Log moves;

 protected:
  void run_handle(ch02::LoopObject& object) noexcept override {
    if (!listens) return Loop::run_handle(object);
    const typename Loop::Listening listening(*this);
    Loop::run_handle(object);
    moves.push_back("step");
  }
  void moving(const Frame& frame, Move move) noexcept override {
    Loop::moving(frame, move);
    std::string text = common::function_name(frame.defined_at());
    switch (move) {
      case Move::enter:
        text += frame.started() ? " goes on at " : " begins";
        if (frame.started()) text += line_of(frame);
        break;
      case Move::stand:
        text += " stands at " + line_of(frame);
        break;
      case Move::leave:
        text += " ends";
        if (frame.caller()) {
          text += " in " + common::function_name(frame.caller()->defined_at()) +
                  " at " + line_of(*frame.caller());
        }
    }
    moves.push_back(std::move(text));
  }

 private:
  static std::string line_of(const Frame& frame) {
    return std::to_string(frame.place().line());
  }
};

// The line of the call, or one below it.
std::string line(unsigned below = 0,
                 std::source_location where = std::source_location::current()) {
  return std::to_string(where.line() + below);
}

template <class Loop, class Function>
Log moves_of(Function main) {
  common::VirtualClock clock;
  Listener<Loop> loop(clock);
  try {
    loop.run_until_complete(main(loop));
  } catch (const std::exception&) {
    loop.moves.push_back("error");
  }
  loop.moves.pop_back();  // the step that stops the loop, or the error
  loop.close();
  return loop.moves;
}

const std::string kInner = line(1);
Coroutine<int> inner(Future<int> ready) { co_return co_await ready; }
Coroutine<> fails() {
  throw std::runtime_error("burnt");
  co_return;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("each co_await, each beginning and each end is told",
                        "", loops::From<ch03::EventLoop>) {
  std::string first, second;
  const auto outer = [&](EventLoop& loop) -> Coroutine<> {
    const auto ready = loop.create_future<int>();
    ready.set_result(1);
    first = line(1);
    co_await inner(ready);
    second = line(1);
    co_await sleep(0s);
  };
  const Log moves = moves_of<TestType>(outer);
  REQUIRE(moves.size() == 10);
  const std::string name = moves[0].substr(0, moves[0].find(" begins"));
  CHECK(moves == Log{name + " begins", name + " stands at " + first,
                     "inner begins", "inner stands at " + kInner,
                     "inner ends in " + name + " at " + first,
                     name + " stands at " + second, "step",
                     name + " goes on at " + second, name + " ends", "step"});
}

TEMPLATE_LIST_TEST_CASE("an error leaves one coroutine after the other", "",
                        loops::From<ch03::EventLoop>) {
  const auto middle = []() -> Coroutine<> { co_await fails(); };
  const Log moves =
      moves_of<TestType>([&](EventLoop&) -> Coroutine<> { co_await middle(); });
  Log ends;
  for (const std::string& move : moves) {
    if (move.find(" ends") != std::string::npos) ends.push_back(move);
  }
  REQUIRE(ends.size() == 3);
  CHECK_THAT(ends[0], Catch::Matchers::StartsWith("fails ends in "));
  CHECK_THAT(ends[1], Catch::Matchers::Contains(" ends in "));
  CHECK_THAT(ends[2], !Catch::Matchers::Contains(" ends in "));
}

TEMPLATE_LIST_TEST_CASE("only a loop that listens is told", "",
                        loops::From<ch03::EventLoop>) {
  common::VirtualClock clock;
  Listener<TestType> loop(clock);
  const auto naps = []() -> Coroutine<> { co_await sleep(0s); };
  loop.listens = false;
  loop.run_until_complete(naps());
  CHECK(loop.moves.empty());
  loop.listens = true;
  loop.run_until_complete(naps());
  CHECK_FALSE(loop.moves.empty());
  loop.moves.clear();
  loop.listens = false;
  loop.run_until_complete(naps());
  CHECK(loop.moves.empty());
  loop.close();
}

namespace {

class AlwaysListens final : public ch03::EventLoop {
 public:
  explicit AlwaysListens(common::Clock& clock) : ch03::EventLoop(clock) {}
  int moves = 0;

 protected:
  void moving(const Frame&, Move) noexcept override { ++moves; }

 private:
  const Listening listening_{*this};
};

}  // namespace

TEST_CASE("a loop hears nothing of another loop's tasks") {
  common::VirtualClock clock;
  AlwaysListens listener(clock);
  ch03::EventLoop other(clock);
  const auto naps = []() -> Coroutine<> { co_await sleep(0s); };
  other.run_until_complete(naps());
  CHECK(listener.moves == 0);
  listener.run_until_complete(naps());
  CHECK(listener.moves == 4);
}
