// load SCENARIO...: see README.md.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/place.hpp"
#include "common/recycled.hpp"
#include "tests/load/load.hpp"
#include "tests/load/meter.hpp"

namespace load {

void expect_equal(std::string_view what, std::uint64_t expected,
                  std::uint64_t got) {
  if (expected == got) return;
  throw Failure(fmt::format("{}: expected {}, got {}", what, expected, got));
}

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

// The first rounds leave behind the memory that containers and allocators keep.
// After them nothing may be left in use by more than this.
constexpr unsigned kWarmUp = 3;  // rounds
constexpr std::uint64_t kMostLiveGrowth = kMiB;
// Resident memory also goes up and down with the holes between the blocks of
// several threads, and under AddressSanitizer with the memory that it sets
// aside.
constexpr std::uint64_t kMostGrowth = 64 * kMiB;

struct Scenario {
  const char* name;
  std::function<void(Round&)> run;
  Size size;
  Size small;
  unsigned rounds = 6;
  bool debug = false;
  bool leaves = false;  // it leaves work at close: warnings are right
};

// A wait for something that was lost would never end: this ends it.
constexpr auto kLongestRound = std::chrono::minutes(5);

void run_part(asyncio::Coroutine<> (*part)(Round&), Round& round) {
  bool late = false;
  const auto limit = round.loop.call_later(kLongestRound, [&late, &round] {
    late = true;
    round.loop.stop();
  });
  try {
    round.loop.run_until_complete(part(round));
  } catch (const std::runtime_error&) {
    if (!late) throw;
    throw Failure("a round has not come to its end: a wake-up was lost");
  }
  limit->cancel();
}

std::function<void(Round&)> alone(asyncio::Coroutine<> (*part)(Round&)) {
  return [part](Round& round) { run_part(part, round); };
}

asyncio::Coroutine<> mix(Round& round) {
  co_await asyncio::gather(tasks(round), timers(round), echo(round),
                           posts(round));
}

std::vector<Scenario> scenarios() {
  const Size sockets{.sockets = 10'000, .messages = 20};
  const Size few_sockets{.sockets = 1000, .messages = 10};
  return {
      {"tasks", alone(tasks), {.tasks = 100'000}, {.tasks = 10'000}},
      {"timers", alone(timers), {.timers = 1'000'000}, {.timers = 50'000}},
      {"echo", alone(echo), sockets, few_sockets},
      {.name = "echo_debug",
       .run = alone(echo),
       .size = sockets,
       .small = few_sockets,
       .debug = true},
      {"post",
       alone(posts),
       {.posts = 1'000'000, .post_threads = 1},
       {.posts = 50'000, .post_threads = 1}},
      {"post_4",
       alone(posts),
       {.posts = 250'000, .post_threads = 4},
       {.posts = 10'000, .post_threads = 4}},
      {.name = "close",
       .run = close_in_the_middle,
       .size = {.tasks = 100'000, .posts = 100'000, .post_threads = 4},
       .small = {.tasks = 5'000, .posts = 5'000, .post_threads = 4},
       .leaves = true},
  };
}

// All of these at the same time.
const Size kMix{.tasks = 20'000,
                .timers = 50'000,
                .sockets = 2'000,
                .messages = 10,
                .posts = 20'000,
                .post_threads = 4};

struct Row {
  std::uint64_t operations = 0;
  unsigned rounds = 0;
  std::uint64_t start = 0;  // bytes, before the first round
  std::uint64_t warm = 0;   // the most in the rounds of warming up
  std::uint64_t most = 0;   // the most after them
  std::uint64_t end = 0;    // after malloc_trim()
  std::uint64_t live_warm = 0;
  std::uint64_t live = 0;  // the most in use after the warm-up
  std::uint64_t kept = 0;  // of these, in the lists of common/recycled
};

// One loop, from its making to its end.
class Session {
 public:
  explicit Session(bool debug) : descriptors_(open_descriptors()) {
    asyncio::simplefilter("always");
    loop_.emplace();
    loop_->set_debug(debug);
    // A round's first step makes everything in one go.
    loop_->slow_callback_duration = std::chrono::hours(1);
    loop_->set_exception_handler(
        [this](const auto&, const asyncio::ExceptionContext& context) {
          if (first_report_.empty()) {
            first_report_ = context.message;
            if (context.exception) {
              first_report_ += ": " + common::describe(context.exception);
            }
          }
        });
  }

  asyncio::EventLoop& loop() { return *loop_; }

  void check_quiet() const {
    if (!first_report_.empty()) {
      throw Failure("the loop reported: " + first_report_);
    }
  }

  // Nothing may be left, except that there may be warnings about leftovers.
  void end(bool leaves) {
    loop_->close();
    loop_.reset();
    check_quiet();
    const auto warned = warnings_.records();
    if (!leaves && !warned.empty()) {
      throw Failure("warned: " + warned.front().text);
    }
    expect_equal("frames and callbacks alive after close()", 0, Alive::count());
    expect_equal("descriptors open after close()", descriptors_,
                 open_descriptors());
  }

 private:
  std::size_t descriptors_;
  asyncio::CatchWarnings warnings_{asyncio::Record::yes};
  std::string first_report_;
  std::optional<asyncio::EventLoop> loop_;
};

void note_memory(Row& row) {
  row.end = resident_bytes();
  row.kept = common::recycled_bytes();
  const bool warming_up = ++row.rounds <= kWarmUp;
  auto& most = warming_up ? row.warm : row.most;
  most = std::max(most, row.end);
  auto& live = warming_up ? row.live_warm : row.live;
  live = std::max(live, live_bytes());
}

void check_flat(const Row& row) {
  if (row.live > row.live_warm + kMostLiveGrowth) {
    throw Failure(fmt::format(
        "memory in use has grown: {} bytes after {} rounds, up to {} in the {} "
        "after",
        row.live_warm, kWarmUp, row.live, row.rounds - kWarmUp));
  }
  if (row.most <= row.warm + kMostGrowth) return;
  throw Failure(fmt::format(
      "resident memory has grown: {} MiB after {} rounds, up to {} MiB in the "
      "{} after",
      row.warm / kMiB, kWarmUp, row.most / kMiB, row.rounds - kWarmUp));
}

void run_rounds(const Scenario& scenario, bool small, Row& row) {
  const Size& size = small ? scenario.small : scenario.size;
  allow_descriptors(size.sockets + 64);
  row.start = resident_bytes();
  for (unsigned i = 0; i < scenario.rounds; ++i) {
    Session session(scenario.debug);
    Round round{session.loop(), size};
    scenario.run(round);
    session.end(scenario.leaves);
    row.operations += round.operations;
    note_memory(row);
  }
}

// One loop lives as long as the soak; others come and go, every second one in
// debug mode.
void soak(std::chrono::nanoseconds duration, Row& row) {
  const auto start = std::chrono::steady_clock::now();
  row.start = resident_bytes();
  Session lasting(false);
  while (std::chrono::steady_clock::now() - start < duration ||
         row.rounds <= kWarmUp) {
    const auto run = [&row](Session& session) {
      Round round{session.loop(), kMix};
      run_part(mix, round);
      session.check_quiet();
      expect_equal("frames and callbacks alive after a round", 0,
                   Alive::count());
      row.operations += round.operations;
    };
    run(lasting);
    Session passing(row.rounds % 2 == 0);
    run(passing);
    passing.end(false);
    {
      Session broken(row.rounds % 2 == 0);
      Round round{broken.loop(), kMix};
      close_in_the_middle(round);
      broken.end(true);
      row.operations += round.operations;
    }
    note_memory(row);
    check_flat(row);
  }
  lasting.end(false);
}

void print_title() {
  fmt::print(
      "{:<12}{:>7}{:>14}{:>9}{:>9}{:>8}{:>7}{:>7}{:>7}{:>7}{:>11}{:>9}\n", "",
      "rounds", "operations", "wall s", "CPU s", "start", "warm", "most", "end",
      "kept", "live, KiB", "most");
  std::fflush(stdout);
}

// Runs it, and prints its row even if it fails.
void report(const std::string& name, const std::function<void(Row&)>& run) {
  Row row;
  const auto wall = std::chrono::steady_clock::now();
  const auto cpu = cpu_time();
  const auto print = [&] {
    const std::chrono::nanoseconds took =
        std::chrono::steady_clock::now() - wall;
    fmt::print(
        "{:<12}{:>7}{:>14}{:>9.1f}{:>9.1f}{:>8}{:>7}{:>7}{:>7}{:>7}"
        "{:>11}{:>9}\n",
        name, row.rounds, row.operations, common::to_seconds(took),
        common::to_seconds(cpu_time() - cpu), row.start / kMiB, row.warm / kMiB,
        row.most / kMiB, row.end / kMiB, row.kept / kMiB, row.live_warm / 1024,
        row.live / 1024);
    std::fflush(stdout);
  };
  try {
    run(row);
    check_flat(row);
    // malloc keeps what was freed, and gives it back when asked.
    ::malloc_trim(0);
    row.end = resident_bytes();
  } catch (const std::exception& error) {
    print();
    throw Failure(name + ": " + error.what());
  }
  print();
}

int program(int argc, char** argv) {
  namespace options = boost::program_options;
  const auto all = scenarios();
  std::string names;
  for (const auto& scenario : all) names += std::string(scenario.name) + ", ";
  double seconds = 0;
  std::vector<std::string> wanted;
  options::options_description visible(
      "Usage: load [OPTION...] SCENARIO...\n\nScenarios: " + names +
      "soak, all\nMemory is in MiB.\n\nOptions");
  visible.add_options()("help,h", "print this and end")(
      "short", "a tenth of the work, for every day")(
      "seconds", options::value(&seconds)->default_value(10),
      "how long soak takes");
  options::options_description described;
  described.add(visible).add_options()("scenario", options::value(&wanted));
  options::positional_options_description places;
  places.add("scenario", -1);
  options::variables_map given;
  try {
    options::store(options::command_line_parser(argc, argv)
                       .options(described)
                       .positional(places)
                       .run(),
                   given);
    options::notify(given);
  } catch (const options::error& error) {
    fmt::print(stderr, "load: {}\n", error.what());
    return 2;
  }
  if (given.contains("help") || wanted.empty()) {
    (given.contains("help") ? std::cout : std::cerr) << visible;
    return given.contains("help") ? 0 : 2;
  }

  print_title();
  for (const auto& name : wanted) {
    bool known = name == "soak";
    if (known) {
      allow_descriptors(kMix.sockets + 64);
      report(name, [seconds](Row& row) {
        soak(std::chrono::duration_cast<std::chrono::nanoseconds>(
                 std::chrono::duration<double>(seconds)),
             row);
      });
    }
    for (const auto& scenario : all) {
      if (name != scenario.name && name != "all") continue;
      known = true;
      report(scenario.name, [&](Row& row) {
        run_rounds(scenario, given.contains("short"), row);
      });
    }
    if (!known) {
      fmt::print(stderr, "load: there is no scenario '{}'\n", name);
      return 2;
    }
  }
  return 0;
}

}  // namespace
}  // namespace load

// Freed memory is set aside to find accesses to it: 256 MiB of it by default,
// which could hide a slow leak.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=32";
}

int main(int argc, char** argv) {
  return common::run_program(load::program, argc, argv);
}
