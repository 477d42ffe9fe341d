#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "chapters/01_selector/exercises/wakeup_pipe.hpp"
#include "chapters/01_selector/selector.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::nanoseconds;

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

void one_byte_is_enough(probe::Run& run) {
  Bench bench(run);
  bench.look();
  bench.wake_up(1);
  bench.look();
  bench.drain();
  for (int round = 0; round < 2; ++round) {
    bench.wake_up(run.number(2, 9));
    bench.say_signals(run.number(2, 9));
    bench.wake_up(run.number(2, 9));
    bench.look();
    bench.drain();
  }
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
}

void full_is_awake(probe::Run& run) {
  Bench bench(run);
  run.step("signals come until the pipe is full");
  while (bench.signals(512) > 0) {
  }
  while (bench.signals(1) > 0) {
  }
  run.see_outcome("wake_up()", [&] { bench.pipe.wake_up(); });
  run.see("is there room for one more", bench.signals(1) > 0);
  bench.look();
  run.step("drain()");
  static_cast<void>(bench.pipe.drain());
  bench.look();
  bench.say_signals(run.number(20, 99));
  bench.wake_up(run.number(2, 9));
  bench.drain();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"one_byte_is_enough", one_byte_is_enough},
                      {"drained_at_once", drained_at_once},
                      {"full_is_awake", full_is_awake}});
}
