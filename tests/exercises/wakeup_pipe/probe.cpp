#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "chapters/01_selector/exercises/wakeup_pipe.hpp"
#include "chapters/01_selector/selector.hpp"
#include "common/unique_fd.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// A descriptor that refuses for a while: with this mode it can only be read, or
// only be written.
class Refusing {
 public:
  Refusing(int fd, int mode) : fd_(fd), kept_(::dup(fd)) {
    const common::UniqueFd null(::open("/dev/null", mode));
    ::dup2(null.get(), fd_);
  }
  ~Refusing() { ::dup2(kept_.get(), fd_); }
  Refusing(const Refusing&) = delete;
  Refusing& operator=(const Refusing&) = delete;

 private:
  int fd_;
  common::UniqueFd kept_;
};

// For those who wait until there is room: makes some, after a second.
class Rescue {
 public:
  Rescue(int fd, bool& needed)
      : thread_([this, fd, &needed] {
          if (is_over_.wait_for(1s) == std::future_status::ready) return;
          needed = true;
          std::array<char, 65'536> bytes;
          static_cast<void>(::read(fd, bytes.data(), bytes.size()) > 0);
        }) {}
  ~Rescue() {
    over_.set_value();
    thread_.join();
  }
  Rescue(const Rescue&) = delete;
  Rescue& operator=(const Rescue&) = delete;

 private:
  std::promise<void> over_;
  std::future<void> is_over_ = over_.get_future();
  std::thread thread_;
};

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {
    run.step("a selector watches fileno()");
    selector->register_fd(pipe.fileno(), ch01::EVENT_READ);
  }

  void wake_up(int times) {
    if (times == 1) {
      run.step("wake_up()");
    } else {
      run.step("wake_up(), {} times", times);
    }
    for (int i = 0; i < times; ++i) pipe.wake_up();
  }
  // Returns how many bytes found room.
  std::size_t signals(std::size_t count) {
    const std::vector<char> bytes(count, 's');
    const auto written =
        ::write(pipe.signal_fileno(), bytes.data(), bytes.size());
    return written > 0 ? static_cast<std::size_t>(written) : 0;
  }
  void say_signals(int count) {
    run.step("{} signals come, each with a byte", count);
    signals(static_cast<std::size_t>(count));
  }
  void refused_wake_up() {
    run.step("the write end refuses to be written, for one wake_up()");
    const Refusing broken(pipe.signal_fileno(), O_RDONLY);
    run.why(
        "while the byte of an earlier wake_up() is in the pipe there is "
        "nothing to do, so nothing can fail; otherwise a failure is told");
    run.see_outcome("wake_up()", [&] { pipe.wake_up(); });
  }
  void refused_drain() {
    run.step("the read end refuses to be read, for one drain()");
    const Refusing broken(pipe.fileno(), O_WRONLY);
    run.why("only EAGAIN says that the pipe is empty: other errors are thrown");
    run.see_outcome("drain()", [&] { static_cast<void>(pipe.drain()); });
  }
  void look() {
    run.see("is the pipe ready", !selector->select(nanoseconds(0)).empty());
  }
  void drain() {
    const std::size_t taken = pipe.drain();
    run.see("drain() took so many bytes", taken);
    look();
  }

  probe::Run& run;
  exercises::WakeupPipe pipe;
  std::unique_ptr<ch01::Selector> selector = ch01::default_selector();
};

constexpr auto kAllCount =
    "drain() counts each byte that it takes out: those of signals and that of "
    "wake_up()";
constexpr auto kOnlyOne =
    "a byte says that there is something to look at, and not how often: while "
    "that of wake_up() is in the pipe, there is nothing to do";

void one_byte_is_enough(probe::Run& run) {
  Bench bench(run);
  run.why("nothing has been written: nothing to wake up for");
  bench.look();
  run.why("an empty pipe is no error: EAGAIN from read() says that all is out");
  bench.drain();
  run.why("a byte in the pipe makes its other end ready to read");
  bench.wake_up(1);
  bench.look();
  run.why(kAllCount);
  bench.drain();
  run.why(
      "once drain() has taken the byte out, the next wake_up() has to write a "
      "new one");
  bench.wake_up(1);
  bench.look();
  run.why(kOnlyOne);
  bench.wake_up(run.number(2, 9));
  bench.drain();
  run.why(kAllCount);
  for (int round = 0; round < 2; ++round) {
    bench.wake_up(run.number(2, 9));
    bench.say_signals(run.number(2, 9));
    bench.wake_up(run.number(2, 9));
    bench.look();
    bench.drain();
  }
  run.why("signals write bytes of their own: wake_up() asks for its own byte");
  bench.say_signals(run.number(2, 9));
  bench.wake_up(2);
  bench.drain();
}

void any_order(probe::Story& story) {
  auto& run = story.run;
  const auto bench = std::make_shared<Bench>(run);
  for (int i = 0; i < 100; ++i) {
    const int what = run.number(1, 20);
    const int few = run.number(1, 9);
    const int count = what % 2 == 0 ? few : 100 * few;
    story.add([=] {
      if (what <= 8) {
        bench->wake_up(1);
      } else if (what <= 10) {
        bench->say_signals(count);
      } else if (what <= 13) {
        bench->run.why("it is ready as long as there is a byte in it");
        bench->look();
      } else if (what <= 17) {
        bench->run.why(kAllCount);
        bench->drain();
      } else if (what == 18) {
        bench->refused_wake_up();
      } else {
        bench->refused_drain();
      }
    });
  }
  story.at_end([=] {
    bench->run.why(kAllCount);
    bench->drain();
  });
}

void drained_at_once(probe::Run& run) {
  Bench bench(run);
  bench.say_signals(run.number(1'500, 4'000));
  bench.wake_up(1);
  bench.drain();
  run.step("nothing has come since");
  bench.drain();
  bench.say_signals(run.number(2, 99));
  bench.drain();
  bench.say_signals(run.number(20'000, 50'000));
  bench.drain();
  run.why(
      "a buffer that was filled to the last byte may have been the last: then "
      "read() says EAGAIN, which is no error");
  for (const int size : {256, 1'024, 4'096}) {
    bench.say_signals(size);
    bench.drain();
  }
}

void full_is_awake(probe::Run& run) {
  Bench bench(run);
  run.step("signals come until the pipe is full");
#ifdef F_SETPIPE_SZ
  // Larger than usual, where that can be had.
  ::fcntl(bench.pipe.signal_fileno(), F_SETPIPE_SZ, 1 << 18);
#endif
  std::size_t total = 0;
  for (const std::size_t size : {512U, 1U}) {
    while (const std::size_t more = bench.signals(size)) total += more;
  }
  bool waited = false;
  {
    const Rescue rescue(bench.pipe.fileno(), waited);
    run.see_outcome("wake_up()", [&] { bench.pipe.wake_up(); });
  }
  run.why(
      "a full pipe is ready to read already: wake_up() must not wait for room, "
      "which only drain() makes");
  run.see("did it wait for room", waited);
  run.why("");
  run.see("is there room for one more", bench.signals(1) > 0);
  bench.look();
  run.why(
      "a full pipe is more than one read() takes: go on until read() says "
      "EAGAIN");
  run.step("drain()");
  const std::size_t taken = bench.pipe.drain();
  run.see("bytes of which it does not tell", total - taken);
  bench.look();
  run.why(
      "a wake_up() that found no room left no byte, and all others have been "
      "taken out: the next one has to write");
  bench.say_signals(run.number(20, 99));
  bench.wake_up(run.number(2, 9));
  bench.drain();

  run.step("the write end refuses to be written");
  {
    const Refusing broken(bench.pipe.signal_fileno(), O_RDONLY);
    run.why(
        "only EAGAIN is good news: a wake-up that fails for another reason "
        "must be told, with that reason, or somebody waits for it without end");
    run.see_outcome("wake_up()", [&] { bench.pipe.wake_up(); });
    run.why(
        "sent_ says that a byte is in the pipe: after a write() that failed, "
        "there is none");
    run.see_outcome("wake_up() again", [&] { bench.pipe.wake_up(); });
  }
  run.step("the write end is well again");
  bench.wake_up(1);
  bench.look();
  run.step("the read end refuses to be read");
  {
    const Refusing broken(bench.pipe.fileno(), O_WRONLY);
    run.why("only EAGAIN says that the pipe is empty: other errors are thrown");
    run.see_outcome("drain()", [&] { static_cast<void>(bench.pipe.drain()); });
  }
  run.step("the read end is well again");
  run.why(
      "a drain() that failed has taken nothing out, so the byte of wake_up() "
      "is still there");
  bench.wake_up(1);
  bench.drain();

  run.stories(20, any_order);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"one_byte_is_enough", one_byte_is_enough},
                      {"drained_at_once", drained_at_once},
                      {"full_is_awake", full_is_awake}});
}
