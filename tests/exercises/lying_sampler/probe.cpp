#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "chapters/11_pulse/exercises/lying_sampler.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Sampler;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// A loop whose timers can be counted.
class Loop : public ch11::EventLoop {
 public:
  using EventLoop::EventLoop;
  std::size_t timers() const { return pending_timers(); }
};

struct Scene {
  explicit Scene(probe::Run& its_run) : run(its_run) {
    clock.advance(run.milliseconds(1, 999));
    run.step("a loop with a sampler");
    sampler.emplace(loop);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene() {
    sampler.reset();
    loop.close();
  }

  // The loop is quick for so long, and then something holds it.
  void quick(nanoseconds duration) {
    const auto stop = loop.call_later(duration, [this] { loop.stop(); });
    loop.run_forever();
  }
  void hold(nanoseconds duration) {
    loop.call_soon([this, duration] {
      clock.advance(duration);
      loop.call_soon([this] { loop.stop(); });
    });
    loop.run_forever();
  }
  void see_waits(const std::string& when) {
    run.see("visitors" + when, sampler->visitors());
    // With these, rounding errors make no difference, whether it is the rank
    // that is rounded up or the shares that are compared.
    for (const double share : {0.5, 0.9, 0.99, 1.0}) {
      run.see(fmt::format("at({}){}", share, when), sampler->at(share));
    }
  }

  probe::Run& run;
  common::VirtualClock clock;
  Loop loop{clock};
  std::optional<Sampler> sampler;
};

void half_of_the_time(probe::Run& run) {
  Scene scene(run);
  const int rounds = run.number(3, 6);
  const auto length = run.milliseconds(150, 250) * 10;
  run.step("{} times: quick for {}, and held for as long", rounds,
           probe::text(length));
  for (int i = 0; i < rounds; ++i) {
    scene.quick(length);
    scene.hold(length);
  }
  scene.see_waits("");
}

void the_grid(probe::Run& run) {
  Scene scene(run);
  const int rounds = run.number(20, 40);
  const auto held = run.microseconds(11'000, 19'000);
  run.step("{} times: quick for 1 ms, and held for {}", rounds,
           probe::text(held));
  for (int i = 0; i < rounds; ++i) {
    scene.quick(1ms);
    scene.hold(held);
  }
  scene.see_waits("");
}

void one_timer(probe::Run& run) {
  Scene scene(run);
  run.see("timers in the loop", scene.loop.timers());
  scene.hold(run.milliseconds(40, 90));
  run.see("visitors", scene.sampler->visitors());
  run.see("timers after a stall", scene.loop.timers());
  scene.quick(run.milliseconds(40, 90));
  run.see("visitors", scene.sampler->visitors());
  run.see("timers later", scene.loop.timers());
  scene.sampler->stop();
  run.step("stop()");
  run.see("timers in the loop", scene.loop.timers());
  const auto visitors = scene.sampler->visitors();
  scene.quick(100ms);
  run.see("visitors who came later", scene.sampler->visitors() - visitors);
  run.step("stop() again, and a sampler that ends without one");
  scene.sampler->stop();
  scene.sampler.emplace(scene.loop);
  scene.sampler.reset();
  run.see("timers in the loop", scene.loop.timers());
}

void few_visitors(probe::Run& run) {
  Scene scene(run);
  run.why("before the first beat nobody has waited: the answer is 0");
  run.see("at(0.5) of none", scene.sampler->at(0.5));
  run.why("");
  scene.hold(10ms + run.microseconds(100, 9'000));
  run.step("a stall with one beat in it");
  scene.see_waits(" of one");
  scene.quick(10ms);
  run.step("and a quiet beat");
  scene.see_waits(" of two");
  run.why(
      "however small a share is, it is more than nobody: it begins with the "
      "visitor who waited least");
  run.step("and another stall");
  scene.hold(20ms + run.microseconds(100, 9'000));
  scene.sampler->stop();
  run.see("at(1e-12)", scene.sampler->at(1e-12));
}

void any_order(probe::Story& story) {
  const auto scene = std::make_shared<Scene>(story.run);
  for (int i = 0; i < 100; ++i) {
    const auto duration = story.run.microseconds(0, 60'000);
    if (story.run.coin()) {
      story.add([=] {
        scene->run.step("held for {}", probe::text(duration));
        scene->hold(duration);
      });
    } else {
      story.add([=] {
        scene->run.step("quick for {}", probe::text(duration));
        scene->quick(duration);
      });
    }
  }
  story.at_end([=] { scene->see_waits(""); });
}

void any_hour(probe::Run& run) { run.stories(20, any_order); }

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"half_of_the_time", half_of_the_time},
                      {"the_grid", the_grid},
                      {"one_timer", one_timer},
                      {"few_visitors", few_visitors},
                      {"any_hour", any_hour}});
}
