// Each system call of a loop's life fails once, with each error that it may
// have, on the loops of all chapters. The failure is reported, and the step
// works when it is tried again; everything that was scheduled runs.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/faults/calls.hpp"
#include "tests/pieces/loops.hpp"

namespace {

using faults::Call;
using faults::Fault;
using std::chrono::milliseconds;

// A whole life of a loop. Each step that the kernel refuses is tried a second
// time: a call that throws has changed nothing.
class Life {
 public:
  explicit Life(loops::Kind kind) : kind_(std::move(kind)) {}

  void run() {
    step([this] { sockets_.emplace(common::make_socket_pair()); });
    step([this] { bench_.emplace(kind_); });
    const int fd = sockets_->read.get();
    step([&] { loop().add_reader(fd, [this] { saw("reader"); }); });
    step([&] { loop().add_writer(fd, [this] { saw("writer"); }); });
    send();
    loop().call_soon(note("soon"));
    loop().call_later(milliseconds(20), note("later"));
    // The callback is queued, even if the loop cannot be woken.
    step([&] { loop().call_soon_threadsafe(note("posted")); }, false);
    run_until("later");
    step([&] { loop().remove_writer(fd); });
    seen_.erase(std::remove(seen_.begin(), seen_.end(), "reader"), seen_.end());
    loop().call_later(milliseconds(20), note("last"));
    run_until("last");
    step([&] { loop().remove_reader(fd); });
    step([&] { loop().close(); });
    bench_.reset();
    sockets_.reset();
  }

  const std::vector<std::string>& seen() const { return seen_; }
  const std::vector<std::string>& errors() const { return errors_; }
  int error() const { return error_; }

 private:
  ch02::EventLoop& loop() { return bench_->loop(); }

  template <class Step>
  void step(Step what, bool again = true) {
    try {
      what();
    } catch (const std::system_error& refused) {
      errors_.emplace_back(refused.what());
      error_ = refused.code().value();
      if (again) what();
    }
  }

  void run_until(const std::string& end) {
    for (int i = 0; i < 50; ++i) {
      if (std::count(seen_.begin(), seen_.end(), end) > 0) return;
      bench_->clock.advance(milliseconds(1));
      step([this] { bench_->run_once(); });
    }
  }

  void saw(const std::string& what) {
    if (std::count(seen_.begin(), seen_.end(), what) == 0)
      seen_.push_back(what);
  }
  std::function<void()> note(std::string what) {
    return [this, what] { seen_.push_back(what); };
  }
  // The test's own write, for which no fault is meant.
  void send() {
    const int fd = sockets_->write.get();
    while (::write(fd, "x", 1) != 1) {
    }
  }

  const loops::Kind kind_;
  std::optional<common::FdPair> sockets_;
  std::optional<loops::Bench> bench_;
  std::vector<std::string> seen_;
  std::vector<std::string> errors_;
  int error_ = 0;
};

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

const std::vector<std::string> kAll = {"last",   "later", "posted",
                                       "reader", "soon",  "writer"};

struct Row {
  Call call;
  int error;
  bool told;  // or no one needs to know
};

const std::vector<Row> kRows = {
    {Call::epoll_create1, EMFILE, true}, {Call::epoll_create1, ENFILE, true},
    {Call::epoll_create1, ENOMEM, true}, {Call::pipe, EMFILE, true},
    {Call::pipe, ENFILE, true},          {Call::fcntl, EPERM, true},
    {Call::epoll_ctl, ENOMEM, true},     {Call::epoll_ctl, ENOSPC, true},
    {Call::epoll_wait, EINTR, false},    {Call::epoll_wait, EINVAL, true},
    {Call::epoll_wait, ENOMEM, true},    {Call::read, EINTR, false},
    {Call::read, EAGAIN, false},         {Call::read, EIO, false},
    {Call::write, EINTR, false},         {Call::write, EPIPE, true},
    {Call::write, EBADF, true},          {Call::close, EINTR, false},
    {Call::close, EIO, false},
};

}  // namespace

TEST_CASE("a life without faults") {
  Life life(GENERATE(from_range(loops::all())));
  life.run();
  CHECK(sorted(life.seen()) == kAll);
  CHECK(life.errors().empty());
}

TEST_CASE("each call of a loop's life fails once, with each of its errors") {
  const faults::Watchdog watchdog;
  const auto kind = GENERATE(from_range(loops::all()));
  const Row row = GENERATE(from_range(kRows));
  const std::size_t open = faults::open_descriptors();
  bool happened = true;
  for (int nth = 1; happened; ++nth) {
    INFO(kind.name << ": " << faults::name(row.call) << " number " << nth
                   << " fails with errno " << row.error);
    REQUIRE(nth < 100);
    Life life(kind);
    {
      const Fault fault(row.call, nth, row.error);
      life.run();
      happened = fault.happened();
    }
    CHECK(sorted(life.seen()) == kAll);
    CHECK(faults::open_descriptors() == open);
    if (life.errors().empty()) continue;
    CHECK(row.told);
    REQUIRE(life.errors().size() == 1);
    CHECK(life.error() == row.error);
    CHECK(life.errors()[0].rfind(faults::name(row.call) + "(", 0) == 0);
  }
}

TEST_CASE("a wait that fails leaves no callback that stops the next run") {
  for (const loops::Kind& kind : loops::all()) {
    loops::Bench bench(kind);
    auto* const loop = dynamic_cast<ch03::EventLoop*>(&bench.loop());
    if (!loop) continue;
    const common::FdPair pair = common::make_pipe();
    loop->add_reader(pair.read.get(), [] {});
    const auto future = loop->create_future<>();
    {
      const Fault fault(Call::epoll_wait, 1, EINVAL);
      CHECK_THROWS_AS(loop->run_until_complete(future), std::system_error);
    }
    int ran = 0;
    future.set_result();
    loop->call_later(milliseconds(50), [&] {
      ++ran;
      loop->stop();
    });
    loop->run_forever();
    CHECK(ran == 1);
  }
}

TEST_CASE("the wake-up pipe is full: the loop wakes, nothing is lost") {
  const faults::Watchdog watchdog;
  loops::Bench bench(GENERATE(from_range(loops::all())));
  const int fd = faults::latest_pipe().write;
  const std::string bytes(4096, 'x');
  while (::write(fd, bytes.data(), bytes.size()) > 0) {
  }
  while (::write(fd, "x", 1) > 0) {
  }
  REQUIRE(errno == EAGAIN);
  int ran = 0;
  std::thread poster;
  bench.loop().call_soon([&] {
    poster = std::thread([&] {
      bench.loop().call_soon_threadsafe([&] {
        ++ran;
        bench.loop().stop();
      });
    });
  });
  bench.loop().run_forever();
  poster.join();
  CHECK(ran == 1);
}

TEST_CASE("a short write to the wake-up pipe is done again") {
  const faults::Watchdog watchdog;
  loops::Bench bench(GENERATE(from_range(loops::all())));
  int ran = 0;
  {
    const Fault fault(Call::write, 1, 0, 0);
    bench.loop().call_soon_threadsafe([&] {
      ++ran;
      bench.loop().stop();
    });
    CHECK(fault.happened());
  }
  bench.loop().run_forever();  // waits for the byte
  CHECK(ran == 1);
}

TEST_CASE("a descriptor is closed behind the loop, and its number used again") {
  loops::Bench bench(GENERATE(from_range(loops::all())));
  std::vector<std::string> seen;
  common::FdPair old = common::make_pipe();
  const int fd = old.read.get();
  bench.loop().add_reader(fd, [&] { seen.emplace_back("old"); });
  old.read.reset();
  common::FdPair next = common::make_pipe();
  REQUIRE(next.read.get() == fd);
  REQUIRE(::write(next.write.get(), "x", 1) == 1);
  // The kernel has forgotten the old one; the loop cannot know.
  const std::string error = loops::refusal<std::system_error>(
      [&] { bench.loop().add_writer(fd, [] {}); });
  CHECK(error.rfind("epoll_ctl(MOD, fd " + std::to_string(fd) + ")", 0) == 0);
  bench.loop().add_reader(fd, [&] { seen.emplace_back("new"); });
  bench.run_once();
  CHECK(seen == std::vector<std::string>{"new"});
  CHECK(bench.loop().remove_reader(fd));
}

namespace {

// A clock that a test sets; nothing ever waits on it.
class SetClock final : public common::Clock {
 public:
  std::chrono::nanoseconds now() const override { return time; }
  void sleep(std::chrono::nanoseconds) override {}
  std::chrono::nanoseconds time{0};
};

}  // namespace

TEST_CASE("a clock that stands still, jumps ahead, and goes to its end") {
  const faults::Watchdog watchdog;
  using std::chrono::hours;
  using std::chrono::nanoseconds;
  SetClock clock;
  loops::Bench bench(GENERATE(from_range(loops::all())), &clock);
  std::vector<std::string> seen;
  const auto note = [&](std::string text) {
    return [&seen, text] { seen.push_back(text); };
  };
  bench.loop().call_later(milliseconds(1), note("soon"));
  bench.loop().call_later(hours(24 * 30), note("month"));
  bench.loop().call_later(nanoseconds::max(), note("end"));
  // It does not move: timers are never due, and the rest goes on.
  for (int i = 0; i < 3; ++i) {
    bench.loop().call_soon(note("ready"));
    bench.run_once();
  }
  CHECK(seen == std::vector<std::string>{"ready", "ready", "ready"});
  seen.clear();
  clock.time = hours(24 * 365);
  bench.run_once();
  CHECK(seen == std::vector<std::string>{"soon", "month"});
  clock.time = nanoseconds::max();
  bench.loop().call_later(hours(1), note("after the end"));
  bench.run_once();
  CHECK(seen.size() == 4);
}

TEST_CASE("the selector's clock jumps in an interrupted wait") {
  const auto selector = ch01::default_selector();
  for (const long long jump : {86400LL * 1'000'000'000 * 100, 0LL}) {
    const Fault fault(Call::epoll_wait, 1, EINTR);
    faults::jump_at_next_fault(std::chrono::nanoseconds(jump));
    const auto start = std::chrono::system_clock::now();
    CHECK(selector->select(milliseconds(20)).empty());
    CHECK(std::chrono::system_clock::now() - start < std::chrono::seconds(20));
    CHECK(fault.happened());
  }
}

TEST_CASE("how many faults were injected") {
  std::printf("%zu system calls failed, and were survived\n",
              faults::injected());
  CHECK(faults::injected() > 500);
}
