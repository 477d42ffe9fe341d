#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <algorithm>
#include <any>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
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
using Timeout = ch01::Selector::Timeout;

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

// A select() for which nothing happens by chance. Until it returns, its clock
// goes on only while poll() waits, and poll() does not really wait.
struct Wait {
  explicit Wait(Timeout its_timeout) : timeout(its_timeout) { current = this; }
  ~Wait() { current = nullptr; }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  // What happens meanwhile: so many signals, each so long after the last one,
  // which take their time; with the last one, or after a while if there are
  // none, something is written.
  int signals = 0;
  nanoseconds signal_after{0};
  nanoseconds signal_takes{0};
  int written_to = -1;
  nanoseconds written_after{0};

  // In words, how long it lasted.
  std::string judged() const {
    const nanoseconds least = std::max(0ns, timeout.value_or(0ns));
    if (is_endless) return "without end";
    if (passed < least) return probe::text(least - passed) + " too short";
    if (passed < least + 1ms) return "as long as asked";
    return probe::text(passed - least) + " longer than asked";
  }

  // poll(), which asks `really` what is ready. No time is one without end.
  int poll(Timeout asked, const std::function<int()>& really) {
    if (const int ready = really(); ready != 0) {
      pass(1us);
      return ready;
    }
    if (signals > 0 && (!asked || signal_after < *asked)) {
      pass(signal_after + signal_takes);
      if (--signals == 0) write();
      errno = EINTR;
      return -1;
    }
    if (signals == 0 && written_to >= 0 &&
        (!asked || written_after <= *asked)) {
      pass(written_after);
      write();
      return really();
    }
    is_endless = is_endless || !asked;
    pass(asked.value_or(0ns));
    return 0;
  }

  static inline Wait* current = nullptr;
  Timeout timeout;
  nanoseconds passed{0};
  // The clocks, as they were read first.
  std::array<std::optional<nanoseconds>, 16> clocks = {};

 private:
  void pass(nanoseconds time) {
    passed += time;
#ifndef __linux__
    // There the clock cannot be held.
    if (time < 1s) std::this_thread::sleep_for(time);
#endif
  }
  void write() {
    if (written_to >= 0) static_cast<void>(::write(written_to, "x", 1) > 0);
    written_to = -1;
  }

  bool is_endless = false;  // would it wait without end?
};

}  // namespace

// In the place of the system's, for all that is linked into this program.
extern "C" int poll(pollfd* fds, nfds_t count, int timeout) {
  using Poll = int (*)(pollfd*, nfds_t, int);
  static const auto real = reinterpret_cast<Poll>(::dlsym(RTLD_NEXT, "poll"));
  if (!Wait::current) return real(fds, count, timeout);
  return Wait::current->poll(timeout < 0 ? Timeout() : milliseconds(timeout),
                             [=] { return real(fds, count, 0); });
}

#ifdef __linux__
extern "C" int ppoll(pollfd* fds, nfds_t count, const timespec* timeout,
                     const sigset_t*) {
  using Poll = int (*)(pollfd*, nfds_t, int);
  static const auto real = reinterpret_cast<Poll>(::dlsym(RTLD_NEXT, "poll"));
  Timeout asked;
  if (timeout) asked = 1s * timeout->tv_sec + 1ns * timeout->tv_nsec;
  const auto really = [=] { return real(fds, count, 0); };
  return Wait::current ? Wait::current->poll(asked, really) : really();
}

extern "C" int clock_gettime(clockid_t id, timespec* time) noexcept {
  const auto error = static_cast<int>(::syscall(SYS_clock_gettime, id, time));
  const auto which = static_cast<std::size_t>(id);
  if (error != 0 || !Wait::current || which >= Wait::current->clocks.size()) {
    return error;
  }
  auto& first = Wait::current->clocks[which];
  if (!first) first = 1s * time->tv_sec + 1ns * time->tv_nsec;
  const nanoseconds now = *first + Wait::current->passed;
  time->tv_sec = now / 1s;
  time->tv_nsec = now % 1s / 1ns;
  return 0;
}
#endif

namespace {

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
  void see_how_long(nanoseconds timeout) {
    Wait wait(timeout);
    run.step("select({})", probe::text(timeout));
    selector.select(timeout);
    run.see("it lasted", wait.judged());
  }
  // The selector's order is its own.
  void ask(Timeout timeout) {
    Wait wait(timeout);
    ask(wait, timeout ? probe::text(*timeout) : "no timeout");
  }
  void ask(Wait& wait, const std::string& shown) {
    run.step("select({})", shown);
    std::vector<std::string> lines;
    for (const auto& [key, events] : selector.select(wait.timeout)) {
      lines.push_back(std::any_cast<std::string>(key->data) + words(events));
    }
    std::ranges::sort(lines);
    run.see("who is ready", lines);
  }

  probe::Run& run;
  exercises::PollSelector selector;
};

// What lies in a pipe or a socket: in these stories never more than this holds.
void read_all(const common::UniqueFd& fd) {
  std::array<char, 65'536> buffer;
  static_cast<void>(::read(fd.get(), buffer.data(), buffer.size()) > 0);
}

// One of those that a random story has.
struct Socket {
  void write(Bench& bench) {
    if (!there) return;
    bench.run.step("write into the other end of {}", name);
    send(there, "ping");
  }
  void read(Bench& bench) const {
    bench.run.step("read all that is in {}", name);
    read_all(here);
  }
  void hang_up(Bench& bench) {
    if (!there) return;
    bench.run.step("close the other end of {}", name);
    there.reset();
  }
  // Registered, modified or unregistered.
  void watch(Bench& bench, EventMask events, bool no_more) {
    if (watched == 0) {
      bench.watch(here, name, events);
    } else if (no_more) {
      bench.unwatch(here, name);
    } else {
      bench.modify(here, name, events);
    }
    watched = watched != 0 && no_more ? 0 : events;
  }

  std::string name;
  UniqueFd here;
  UniqueFd there;
  EventMask watched = 0;
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
  bench.see_how_long(run.milliseconds(2, 5));
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
  read_all(pipes[0].read);
  bench.ask(std::nullopt);
  full_socket(run);
}

// Sockets are registered, modified and unregistered, written, read and closed.
void any_order(probe::Story& story) {
  auto& run = story.run;
  const auto bench = std::make_shared<Bench>(run);
  const auto sockets = std::make_shared<std::vector<Socket>>();
  for (const auto& name : run.names("socket", 3)) {
    auto [here, there] = common::make_socket_pair();
    sockets->push_back({name, std::move(here), std::move(there)});
  }
  for (int i = 0; i < 100; ++i) {
    const auto which = static_cast<std::size_t>(run.number(0, 2));
    const auto events = static_cast<EventMask>(run.number(1, 3));
    const int what = run.number(1, 10);
    story.add([=] {
      Socket& socket = sockets->at(which);
      if (what <= 2) {
        socket.write(*bench);
      } else if (what <= 3) {
        socket.read(*bench);
      } else if (what <= 4) {
        socket.hang_up(*bench);
      } else {
        socket.watch(*bench, events, what <= 6);
      }
      bench->run.why(
          "each key that is ready is in the answer, once, with those events "
          "that it asks for now, and no other");
      bench->ask(0ns);
    });
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
  run.step("only socket {} is left, to read", names[0]);
  bench.see_how_long(run.milliseconds(2, 5));
  bench.unwatch(here, "socket " + names[0]);

  run.stories(20, any_order);
}

void hang_ups_with_more(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(2);
  FdPair pipe = common::make_pipe();
  FdPair other = common::make_pipe();
  run.why(
      "a hang-up counts as both events whatever else poll() tells: there may "
      "be something to read still, and whoever writes has to hear of an error");
  bench.watch(pipe.read, "the read end of pipe " + names[0],
              EVENT_READ | EVENT_WRITE);
  bench.watch(other.write, "the write end of pipe " + names[1],
              EVENT_READ | EVENT_WRITE);
  run.step("write into pipe {}, and close the other ends of both", names[0]);
  send(pipe.write, "hello");
  pipe.write.reset();
  other.read.reset();
  bench.ask(std::nullopt);
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
  run.step("another selector");
  hang_ups_with_more(run);
}

void never_early(probe::Run& run) {
  Bench bench(run);
  const auto name = run.word();
  const FdPair pipe = common::make_pipe();
  bench.watch(pipe.read, "pipe " + name, EVENT_READ);
  run.why(
      "poll() counts whole milliseconds: what is left over must be rounded up");
  for (int i = 0; i < 3; ++i) bench.see_how_long(run.microseconds(200, 900));
  const nanoseconds whole = run.milliseconds(1, 9);
  bench.see_how_long(whole + run.microseconds(1, 999));

  run.why(
      "a timeout of zero or less is no wait; for poll(), -1 is one without "
      "end");
  bench.see_how_long(-1ns);
  bench.see_how_long(-run.milliseconds(1, 99));
  bench.see_how_long(nanoseconds::min());

  const nanoseconds longer = whole + run.microseconds(4'100, 4'300);
  run.step("a signal comes after 1 ms and takes {}; select({})",
           probe::text(2 * longer), probe::text(longer));
  {
    Wait wait(longer);
    wait.signals = 1;
    wait.signal_after = 1ms;
    wait.signal_takes = 2 * longer;
    run.why("a signal is no error: EINTR says to ask again");
    run.see_outcome("select()", [&] { bench.selector.select(longer); });
    run.why(
        "if the signal took longer than the timeout, the rest is less than "
        "zero: that is no wait, and not one without end");
    run.see("did it wait without end", wait.judged() == "without end");
  }
  for (const int signals : {3, 150}) {
    run.step("{} signals come, one every 0.6 ms; select({})", signals,
             probe::text(longer));
    Wait wait(longer);
    wait.signals = signals;
    wait.signal_after = 600us;
    run.why("a signal is no error: EINTR says to ask again");
    run.see_outcome("select()", [&] { bench.selector.select(longer); });
    run.why(
        "a signal is no answer, so after EINTR ask again: for the rest of the "
        "time, no less and no more, and that is more exact than milliseconds");
    run.see("it lasted", wait.judged());
  }
  run.why("without a timeout, too, a signal is no answer: ask again");
  const int last = run.number(4, 9);
  run.step("a signal comes every millisecond, number {} writes into pipe {}",
           last, name);
  {
    Wait wait({});
    wait.signals = last;
    wait.signal_after = 1ms;
    wait.written_to = pipe.write.get();
    bench.ask(wait, "no timeout");
  }
  read_all(pipe.read);
  run.why(
      "poll() takes an int: a timeout that does not fit must be cut to the "
      "longest one that does, and the rest is waited for after it");
  const auto more = run.milliseconds(1, 2);
  run.step("something is written into pipe {} in 100 ms", name);
  {
    Wait wait(milliseconds(1LL << 32) + more);
    wait.written_to = pipe.write.get();
    wait.written_after = 100ms;
    bench.ask(wait, "2^32 ms + " + probe::text(more));
  }
  run.step("read what is in pipe {}", name);
  read_all(pipe.read);
  run.why(
      "a poll() that ends without an answer after the longest time that an int "
      "can say is not the end of a timeout that is longer: ask again, for the "
      "rest");
  for (const nanoseconds rest : {nanoseconds(more), 1ns}) {
    const Timeout longest = milliseconds(1LL << 31) + rest;
    run.step("select(2^31 ms + {})", probe::text(rest));
    Wait wait(longest);
#ifdef __linux__
    bench.selector.select(longest);
#else
    wait.passed = *longest;  // There the clock cannot be held: not judged.
#endif
    run.see("it lasted", wait.judged());
  }
  run.why(
      "a timeout may reach further than a clock can count: now + timeout does "
      "not fit, and a deadline that has wrapped round is one in the past");
  const auto days = run.number(1, 99);
  for (const nanoseconds far : {nanoseconds::max(), nanoseconds::max() - 1ns,
                                nanoseconds(24h * (106'700 - days))}) {
    run.step("something is written into pipe {} in 20 ms", name);
    Wait wait(far);
    wait.written_to = pipe.write.get();
    wait.written_after = 20ms;
    bench.ask(wait, probe::text(far));
    read_all(pipe.read);
  }
  run.why(
      "the longest timeout there is must not become one that has passed, not "
      "after a signal either: now + timeout does not fit");
  run.step("something is written into pipe {} in 1 ms, with a signal", name);
  {
    Wait wait(nanoseconds::max());
    wait.signals = 1;
    wait.signal_after = 1ms;
    wait.written_to = pipe.write.get();
    bench.ask(wait, "nanoseconds::max()");
  }
  run.step("read what is in pipe {}", name);
  read_all(pipe.read);
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
