#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <any>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chapters/01_selector/exercises/poll_selector.hpp"
#include "common/unique_fd.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using ch01::EVENT_READ;
using ch01::EVENT_WRITE;
using ch01::EventMask;
using common::FdPair;
using common::UniqueFd;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

std::string words(EventMask events) {
  std::string text = (events & EVENT_READ) != 0 ? " to read" : "";
  if ((events & EVENT_WRITE) != 0) {
    text += (text.empty() ? "" : " and") + std::string(" to write");
  }
  return text;
}

void send(const UniqueFd& fd, std::string_view bytes) {
  if (::write(fd.get(), bytes.data(), bytes.size()) < 0) {
    common::throw_errno("write()");
  }
}

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {}

  void watch(const UniqueFd& fd, const std::string& name, EventMask events) {
    run.step("register {},{}", name, words(events));
    selector.register_fd(fd.get(), events, name);
  }
  void modify(const UniqueFd& fd, const std::string& name, EventMask events) {
    run.step("modify {},{}", name, words(events));
    selector.modify(fd.get(), events, name);
  }
  void unwatch(const UniqueFd& fd, const std::string& name) {
    run.step("unregister {}", name);
    selector.unregister(fd.get());
  }
  // The selector's order is its own.
  void ask(std::optional<nanoseconds> timeout) {
    run.step("select({})", timeout ? probe::text(*timeout) : "no timeout");
    std::vector<std::string> lines;
    for (const auto& [key, events] : selector.select(timeout)) {
      lines.push_back(std::any_cast<std::string>(key->data) + words(events));
    }
    std::ranges::sort(lines);
    run.see_lines("who is ready", lines);
  }

  probe::Run& run;
  exercises::PollSelector selector;
};

void who_is_ready(probe::Run& run) {
  Bench bench(run);
  std::vector<FdPair> pipes;
  const auto count = static_cast<std::size_t>(run.number(3, 5));
  const auto names = run.words(count);
  for (const auto& name : names) {
    pipes.push_back(common::make_pipe());
    bench.watch(pipes.back().read, "pipe " + name, EVENT_READ);
  }
  const auto name = run.word();
  const auto [here, there] = common::make_socket_pair();
  bench.watch(here, "socket " + name, EVENT_READ | EVENT_WRITE);
  bench.ask(0ns);
  const auto second = 1 + static_cast<std::size_t>(run.coin());
  for (const std::size_t i : {std::size_t{0}, second}) {
    run.step("write into pipe {}", names[i]);
    send(pipes[i].write, "ping");
  }
  run.step("write into the other end of socket {}", name);
  send(there, "hello");
  bench.ask(0ns);
  run.step("read what is in pipe {}", names[0]);
  std::array<char, 16> buffer;
  static_cast<void>(::read(pipes[0].read.get(), buffer.data(), buffer.size()) >
                    0);
  bench.ask(std::nullopt);
}

void told_otherwise(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(3);
  const auto [here, there] = common::make_socket_pair();
  FdPair first = common::make_pipe();
  FdPair second = common::make_pipe();
  for (const auto* const pipe : {&first, &second}) send(pipe->write, "ping");
  bench.watch(here, "socket " + names[0], EVENT_READ);
  bench.watch(first.read, "full pipe " + names[1], EVENT_READ);
  bench.watch(second.read, "full pipe " + names[2], EVENT_READ);
  bench.ask(0ns);
  bench.modify(here, "socket " + names[0], EVENT_READ | EVENT_WRITE);
  bench.unwatch(first.read, "full pipe " + names[1]);
  bench.ask(0ns);
  const auto renamed = run.word();
  bench.watch(first.read, "full pipe " + renamed, EVENT_READ);
  bench.modify(here, "socket " + names[0], EVENT_READ);
  bench.ask(0ns);
  run.step("close full pipe {}, and unregister it after that", renamed);
  const int closed = first.read.get();
  first = FdPair();
  bench.selector.unregister(closed);
  bench.ask(0ns);
}

void nobody_there(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(4);
  FdPair pipe = common::make_pipe();
  FdPair other = common::make_pipe();
  FdPair gone = common::make_pipe();
  auto [here, there] = common::make_socket_pair();
  bench.watch(pipe.read, "the read end of " + names[0], EVENT_READ);
  bench.watch(other.write, "the write end of " + names[1], EVENT_WRITE);
  bench.watch(here, "socket " + names[2], EVENT_READ | EVENT_WRITE);
  run.step("close the other ends of {}, {} and {}", names[0], names[1],
           names[2]);
  pipe.write.reset();
  other.read.reset();
  there.reset();
  bench.ask(std::nullopt);
  bench.watch(gone.read, "the read end of " + names[3], EVENT_READ);
  run.step("close the read end of {} itself, which is a mistake", names[3]);
  const int closed = gone.read.get();
  gone.read.reset();
  bench.ask(std::nullopt);
  bench.selector.unregister(closed);
}

// Real time, but nothing that a slow machine could change: a wait may be too
// long by as much as it likes.
void never_early(probe::Run& run) {
  Bench bench(run);
  const auto name = run.word();
  const FdPair pipe = common::make_pipe();
  bench.watch(pipe.read, "pipe " + name, EVENT_READ);
  const auto lasts = [&](nanoseconds timeout) {
    const auto start = steady_clock::now();
    static_cast<void>(bench.selector.select(timeout));
    return steady_clock::now() - start >= timeout;
  };
  std::vector<nanoseconds> timeouts;
  for (int i = 0; i < 12; ++i) timeouts.push_back(run.microseconds(200, 900));
  run.step("12 times select() with a timeout between 200 us and 900 us");
  int in_time = 0;
  for (const auto timeout : timeouts) in_time += lasts(timeout) ? 1 : 0;
  run.see("how many of them lasted as long as asked, or longer", in_time);

  const nanoseconds longer = run.milliseconds(8, 12);
  run.step("a signal comes every millisecond; select({})", probe::text(longer));
  struct sigaction action{};
  action.sa_handler = [](int) {};  // without SA_RESTART
  ::sigaction(SIGALRM, &action, nullptr);
  const itimerval every_millisecond{{0, 1000}, {0, 1000}};
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &every_millisecond, nullptr);
  bool lasted = false;
  run.see_outcome("select()", [&] { lasted = lasts(longer); });
  ::setitimer(ITIMER_REAL, &never, nullptr);
  run.see("it lasted as long as asked, or longer", lasted);
  run.step("write into pipe {}", name);
  send(pipe.write, "ping");
  bench.ask(1h);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"who_is_ready", who_is_ready},
                      {"told_otherwise", told_otherwise},
                      {"nobody_there", nobody_there},
                      {"never_early", never_early}});
}
