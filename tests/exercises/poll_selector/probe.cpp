#include <signal.h>
#include <sys/resource.h>
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
using std::chrono::milliseconds;
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
  // Is all the time over, or more, when it returns?
  bool lasts(nanoseconds timeout) {
    const auto start = steady_clock::now();
    static_cast<void>(selector.select(timeout));
    return steady_clock::now() - start >= timeout;
  }
  // The selector's order is its own.
  void ask(std::optional<nanoseconds> timeout) {
    ask(timeout, timeout ? probe::text(*timeout) : "no timeout");
  }
  void ask(std::optional<nanoseconds> timeout, const std::string& shown) {
    run.step("select({})", shown);
    std::vector<std::string> lines;
    for (const auto& [key, events] : selector.select(timeout)) {
      lines.push_back(std::any_cast<std::string>(key->data) + words(events));
    }
    std::ranges::sort(lines);
    run.see("who is ready", lines);
  }

  probe::Run& run;
  exercises::PollSelector selector;
};

// A socket that is not ready to write, but to read.
void full_socket(probe::Run& run) {
  Bench bench(run);
  const auto name = "socket " + run.word();
  const auto [here, there] = common::make_socket_pair();
  std::vector<char> block(4'096, 'x');
  while (::write(here.get(), block.data(), block.size()) > 0) {
  }
  send(there, "hello");
  run.step("{} has something to read, and no room to write into it", name);
  run.why(
      "poll() is asked only for what the key asks for: what else is ready "
      "must not end the wait, without an answer");
  bench.watch(here, name, EVENT_WRITE);
  const nanoseconds timeout = run.milliseconds(2, 5);
  run.step("select({})", probe::text(timeout));
  run.see("it lasted as long as asked, or longer", bench.lasts(timeout));
  bench.ask(0ns);
  run.why(
      "after modify() poll() must be asked for the new events, or they never "
      "come; and ready to read is not ready to write");
  bench.modify(here, name, EVENT_READ | EVENT_WRITE);
  bench.ask(0ns);
  run.why("");
}

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
  run.why(
      "poll() must be asked for each event that a key asks for, and each key "
      "is in the answer once, with all that it is ready for");
  bench.ask(0ns);
  const auto second = 1 + static_cast<std::size_t>(run.coin());
  for (const std::size_t i : {std::size_t{0}, second}) {
    run.step("write into pipe {}", names[i]);
    send(pipes[i].write, "ping");
  }
  run.step("write into the other end of socket {}", name);
  send(there, "hello");
  bench.ask(0ns);
  run.why("");
  run.step("read what is in pipe {}", names[0]);
  std::array<char, 16> buffer;
  static_cast<void>(::read(pipes[0].read.get(), buffer.data(), buffer.size()) >
                    0);
  bench.ask(std::nullopt);
  full_socket(run);
}

// Descriptors come, change and go at random.
void change_all(Bench& bench) {
  probe::Run& run = bench.run;
  const auto names = run.words(2);
  std::vector<FdPair> sockets;
  for (int i = 0; i < 2; ++i) sockets.push_back(common::make_socket_pair());
  std::vector<EventMask> watched(2, 0);
  std::vector<bool> written(2, false);
  for (int i = 0; i < 10; ++i) {
    const auto which = static_cast<std::size_t>(run.number(0, 1));
    const auto& [here, there] = sockets[which];
    const auto name = "socket " + names[which];
    const auto events = static_cast<EventMask>(run.number(1, 3));
    const bool gone = run.number(1, 3) == 1;
    if (!written[which] && run.coin()) {
      run.step("write into the other end of {}", name);
      send(there, "ping");
      written[which] = true;
    } else if (watched[which] == 0) {
      bench.watch(here, name, events);
      watched[which] = events;
    } else if (gone) {
      bench.unwatch(here, name);
      watched[which] = 0;
    } else {
      bench.modify(here, name, events);
      watched[which] = events;
    }
    bench.ask(0ns);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (watched[i] != 0) bench.selector.unregister(sockets[i].read.get());
  }
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
  run.why("after modify() the kernel must be asked for the new events");
  bench.modify(here, "socket " + names[0], EVENT_READ | EVENT_WRITE);
  bench.unwatch(first.read, "full pipe " + names[1]);
  bench.ask(0ns);
  run.why(
      "what was unregistered must leave your list, or it is there twice when "
      "it is registered again");
  const auto renamed = run.word();
  bench.watch(first.read, "full pipe " + renamed, EVENT_READ);
  bench.modify(here, "socket " + names[0], EVENT_READ);
  bench.ask(0ns);
  run.why(
      "add(), change() and remove() ask the kernel nothing: that the "
      "descriptor is closed is no mistake there");
  run.step("close full pipe {}, modify and unregister it after that", renamed);
  const int closed = first.read.get();
  first = FdPair();
  run.see_outcome("modify()", [&] {
    bench.selector.modify(closed, EVENT_READ | EVENT_WRITE, renamed);
  });
  run.see_outcome("unregister()", [&] { bench.selector.unregister(closed); });
  bench.ask(0ns);
  bench.unwatch(second.read, "full pipe " + names[2]);
  run.why(
      "modify() takes events away, too: a socket that is no longer watched "
      "for writing must not end the wait, without an answer");
  const nanoseconds timeout = run.milliseconds(2, 5);
  run.step("only socket {} is left, to read; select({})", names[0],
           probe::text(timeout));
  run.see("it lasted as long as asked, or longer", bench.lasts(timeout));
  bench.unwatch(here, "socket " + names[0]);
  run.why("");
  change_all(bench);
}

void hang_ups(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(4);
  FdPair pipe = common::make_pipe();
  FdPair other = common::make_pipe();
  FdPair gone = common::make_pipe();
  auto [here, there] = common::make_socket_pair();
  bench.watch(pipe.read, "the read end of pipe " + names[0], EVENT_READ);
  bench.watch(other.write, "the write end of pipe " + names[1], EVENT_WRITE);
  bench.watch(here, "socket " + names[2], EVENT_READ | EVENT_WRITE);
  run.step("close the other ends of pipe {}, pipe {} and socket {}", names[0],
           names[1], names[2]);
  pipe.write.reset();
  other.read.reset();
  there.reset();
  bench.ask(std::nullopt);
  run.why(
      "a hang-up wakes those who want to write, and an error those who want "
      "to read: each counts as both events");
  bench.modify(pipe.read, "the read end of pipe " + names[0], EVENT_WRITE);
  bench.modify(other.write, "the write end of pipe " + names[1], EVENT_READ);
  bench.ask(std::nullopt);
  run.why(
      "a hang-up counts as both events, and still a key is told only of those "
      "that it asks for");
  bench.modify(here, "socket " + names[2], EVENT_WRITE);
  bench.ask(std::nullopt);
  run.why(
      "a closed descriptor (POLLNVAL) is told, so that somebody looks and "
      "finds the mistake");
  for (const auto events :
       {EVENT_READ, EVENT_WRITE, EVENT_READ | EVENT_WRITE}) {
    gone = common::make_pipe();
    bench.watch(gone.read, "the read end of pipe " + names[3], events);
    run.step("close the read end of pipe {} itself, which is a mistake",
             names[3]);
    const int closed = gone.read.get();
    gone.read.reset();
    bench.ask(std::nullopt);
    run.step("unregister it");
    bench.selector.unregister(closed);
  }
}

// A signal comes, again and again. One of them writes into a pipe.
volatile int signals_left = 0;
volatile int signal_fd = -1;
volatile useconds_t signal_takes = 0;  // each of them, in its handler
class Signals {
 public:
  // The first signal comes after the period. If signals take time, the next
  // one comes three seconds later.
  Signals(const FdPair& pipe, std::chrono::microseconds period, int last,
          std::chrono::microseconds takes = {}) {
    signal_takes = static_cast<useconds_t>(takes.count());
    signals_left = last;
    signal_fd = pipe.write.get();
    struct sigaction action{};
    action.sa_handler = [](int) {
      if (signal_takes > 0) ::usleep(signal_takes);
      signals_left = signals_left - 1;
      if (signals_left == 0) static_cast<void>(::write(signal_fd, "x", 1) > 0);
    };
    ::sigaction(SIGALRM, &action, nullptr);  // without SA_RESTART
    const timeval each{0, static_cast<suseconds_t>(period.count())};
    const timeval rescue{3, 0};
    const itimerval timer{takes.count() > 0 ? rescue : each, each};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }
  ~Signals() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
};

// Real time, but nothing that a slow machine could change: a wait may be too
// long by as much as it likes.
void never_early(probe::Run& run) {
  Bench bench(run);
  const auto name = run.word();
  const FdPair pipe = common::make_pipe();
  bench.watch(pipe.read, "pipe " + name, EVENT_READ);
  std::vector<nanoseconds> timeouts;
  for (int i = 0; i < 12; ++i) timeouts.push_back(run.microseconds(200, 900));
  run.why(
      "poll() counts whole milliseconds: what is left over must be rounded up");
  run.step("12 times select() with a timeout between 200 us and 900 us");
  int in_time = 0;
  for (const auto timeout : timeouts) in_time += bench.lasts(timeout) ? 1 : 0;
  run.see("how many of them lasted as long as asked, or longer", in_time);

  run.why(
      "a timeout of zero or less is no wait; for poll(), -1 is one without "
      "end");
  for (const nanoseconds none : {-1ns, -nanoseconds(run.milliseconds(1, 99))}) {
    const Signals rescue(pipe, 300ms, 1);
    bench.ask(none);
  }

  const nanoseconds longer = run.milliseconds(4, 7);
  run.step("a signal comes after 1 ms and takes {}; select({})",
           probe::text(2 * longer), probe::text(longer));
  {
    const Signals signals(
        pipe, 1ms, 2,
        std::chrono::duration_cast<std::chrono::microseconds>(2 * longer));
    run.why("a signal is no error: EINTR says to ask again");
    run.see_outcome("select()", [&] { bench.selector.select(longer); });
    run.why(
        "if the signal took longer than the timeout, the rest is less than "
        "zero: that is no wait, and not one without end");
    run.see("did it wait for another signal", signals_left <= 0);
  }
  run.step("a signal comes every millisecond; select({})", probe::text(longer));
  bool lasted = false;
  {
    const Signals signals(pipe, 1ms, 150);
    run.why("a signal is no error: EINTR says to ask again");
    run.see_outcome("select()", [&] { lasted = bench.lasts(longer); });
    run.why("a signal is no answer: after EINTR wait for the rest");
    run.see("it lasted as long as asked, or longer", lasted);
    run.why(
        "after EINTR only the rest of the time is left: a wait that begins "
        "anew at each signal does not end");
    run.see("did it outlast 150 signals", signals_left <= 0);
  }
  run.why("without a timeout, too, a signal is no answer: ask again");
  const int last = run.number(4, 9);
  run.step("a signal comes every millisecond, number {} writes into pipe {}",
           last, name);
  {
    const Signals signals(pipe, 1ms, last);
    bench.ask(std::nullopt);
  }
  std::array<char, 400> buffer;
  static_cast<void>(::read(pipe.read.get(), buffer.data(), buffer.size()) > 0);
  run.why(
      "poll() takes an int: a timeout that does not fit must be cut to the "
      "longest one that does");
  const auto more = run.milliseconds(1, 2);
  run.step("a signal in 100 ms writes into pipe {}", name);
  {
    const Signals signals(pipe, 100ms, 1);
    bench.ask(milliseconds(1LL << 32) + more, "2^32 ms + " + probe::text(more));
  }
  run.why("the time is the longest wait: an answer ends it");
  run.step("write into pipe {}", name);
  send(pipe.write, "ping");
  bench.ask(1h);

  run.why(
      "other errors of poll() are told, with the kernel's reason: a program "
      "that is told nothing asks again and again");
  run.step("the limit for descriptors sinks to 0, which poll() does not like");
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit none{0, limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  run.see_outcome("select()", [&] { bench.selector.select(0ns); });
  ::setrlimit(RLIMIT_NOFILE, &limit);
  run.why("a selector that is closed says so: check_open()");
  run.step("close()");
  bench.selector.close();
  run.see_outcome("select()", [&] { bench.selector.select(0ns); });
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"who_is_ready", who_is_ready},
                      {"told_otherwise", told_otherwise},
                      {"hang_ups", hang_ups},
                      {"never_early", never_early}});
}
