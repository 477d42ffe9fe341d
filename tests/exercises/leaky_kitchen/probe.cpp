#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/11_pulse/exercises/leaky_kitchen.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Counts its tasks: those that are there, and those of them that have not
// ended.
class Loop : public ch11::EventLoop {
 public:
  using EventLoop::EventLoop;
  int tasks = 0;
  int pending = 0;

 protected:
  void changing(ch11::FutureBase& future,
                ch11::Change change) noexcept override {
    ch11::EventLoop::changing(future, change);
    if (future.kind() != ch11::LoopObject::Kind::task) return;
    if (change == ch11::Change::create) ++tasks, ++pending;
    if (change == ch11::Change::finish) --pending;
    if (change == ch11::Change::drop) --tasks;
    if (change == ch11::Change::drop && !future.done()) --pending;
  }
};

struct Log final : ch04::Handler {
  void emit(const ch04::LogRecord& record) override {
    std::string text = record.message;
    // Of an error the first line: the next says where a coroutine is defined,
    // and compilers differ in that.
    const int most = record.level >= ch04::ERROR ? 1 : 4;
    for (int left = most; left > 0 && !text.empty(); --left) {
      const auto end = text.find('\n');
      if (lines.size() < 4) lines.push_back(text.substr(0, end));
      text.erase(0, end == text.npos ? end : end + 1);
    }
  }
  std::vector<std::string> lines;
};

class Scene final : public exercises::House {
 public:
  explicit Scene(probe::Run& its_run) : run(its_run) {
    ch04::reset_logging();
    ch04::get_logger().add_handler(log);
    loop.set_debug(true);
    run.step("a kitchen");
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene() override {
    for (const auto& task : loop.all_tasks()) {
      task->set_log_destroy_pending(false);
    }
    loop.close();
    ch04::reset_logging();
  }

  ch11::Coroutine<> cook(int number) override {
    try {
      co_await ch11::sleep(how_long(number));
      note("cooked", number);
    } catch (const ch11::CancelledError&) {
      if (!tidies_up.contains(number)) throw;
      note("tidied up", number);
    }
    if (burns.contains(number)) throw std::runtime_error("burnt");
  }
  void served(int number) override {
    note("served", number);
    if (leaves_at_once.contains(number)) kitchen.leave(number);
  }
  void burnt(int number) override { note("burnt", number); }

  void wait(nanoseconds duration) {
    loop.call_later(duration, [this] { loop.stop(); });
    loop.run_forever();
    for (int i = 0; i < 3; ++i) {
      loop.stop();
      loop.run_forever();
    }
  }
  void see_tasks() {
    run.see("tasks that have not ended", loop.pending);
    run.see("tasks that are kept", loop.tasks);
  }
  void see_all() {
    run.see_lines("what happened", happened);
    happened.clear();
    see_tasks();
  }
  static milliseconds how_long(int number) {
    return milliseconds(100 + 10 * (number % 10));
  }

  probe::Run& run;
  std::shared_ptr<Log> log = std::make_shared<Log>();
  common::VirtualClock clock;
  Loop loop{clock};
  exercises::Kitchen kitchen{loop, *this};
  std::set<int> burns;
  std::set<int> leaves_at_once;
  std::set<int> tidies_up;  // and does not pass the cancellation on

 private:
  void note(const char* what, int number) {
    run.note(happened, fmt::format("{} order {} at {}", what, number,
                                   probe::text(loop.time())));
  }
  std::vector<std::string> happened;
};

void nobody_stays(probe::Run& run) {
  Scene scene(run);
  const int guests = run.number(200, 400);
  run.step("{} guests order, one in each millisecond, and leave 50 ms later",
           guests);
  for (int i = 1; i <= guests; ++i) {
    scene.kitchen.order(i);
    scene.wait(1ms);
    scene.kitchen.leave(i - 50);
  }
  run.step("the last ones leave");
  for (int i = guests - 49; i <= guests; ++i) scene.kitchen.leave(i);
  scene.wait(1s);
  run.see_lines("the log of the loop", scene.log->lines);
  scene.see_all();
  run.step("a guest who leaves while the order is being served");
  scene.leaves_at_once.insert(guests + 1);
  scene.kitchen.order(guests + 1);
  scene.wait(1s);
  scene.see_all();
}

void nothing_is_kept(probe::Run& run) {
  Scene scene(run);
  const int guests = run.number(3, 9);
  run.step("{} guests order, and wait", guests);
  for (int i = 1; i <= guests; ++i) scene.kitchen.order(i);
  scene.wait(1s);
  scene.see_all();
  run.step("they leave, after their meal; so does one who never ordered");
  for (int i = 1; i <= guests + 1; ++i) scene.kitchen.leave(i);
  scene.wait(1s);
  scene.see_all();
  run.see_lines("the log of the loop", scene.log->lines);
}

void burnt(probe::Run& run) {
  Scene scene(run);
  const int guests = run.number(3, 6);
  run.step("{} guests order; the orders of the first two will burn", guests);
  scene.burns = {1, 2};
  for (int i = 1; i <= guests; ++i) scene.kitchen.order(i);
  scene.wait(1s);
  scene.see_all();
  run.see_lines("the log of the loop", scene.log->lines);
  run.why(
      "a cook who tidies up when the order is cancelled may end as if it had "
      "been cooked, or had burnt: the guest is gone all the same");
  const int calm = guests + run.number(2, 20);
  const int hasty = calm + run.number(1, 20);
  run.step(
      "orders {} and {} are cancelled while they are cooked: the cook tidies "
      "up, and the second one burns meanwhile",
      calm, hasty);
  scene.tidies_up = {calm, hasty};
  scene.burns = {hasty};
  scene.kitchen.order(calm);
  scene.kitchen.order(hasty);
  scene.wait(30ms);
  scene.kitchen.leave(calm);
  scene.kitchen.leave(hasty);
  scene.wait(1s);
  scene.see_all();
  run.see_lines("the log of the loop", scene.log->lines);
}

void any_order(probe::Story& story) {
  const auto scene = std::make_shared<Scene>(story.run);
  for (int i = 0; i < 100; ++i) {
    const int number = story.run.number(1, 40);
    const bool burns = story.run.coin();
    const auto pause = story.run.milliseconds(0, 90);
    switch (story.run.number(0, 2)) {
      case 0:
        story.add([=, id = 100 * i + number] {
          scene->run.step("order {}{}", id, burns ? ", which burns" : "");
          if (burns) scene->burns.insert(id);
          scene->kitchen.order(id);
        });
        break;
      case 1:
        story.add([=] {
          scene->run.step("{} pass", probe::text(pause));
          scene->wait(pause);
          scene->see_all();
        });
        break;
      default:
        story.add([=, from = 100 * std::max(i - 6, 0)] {
          scene->run.step("the guests of orders {} to {} leave", from + 1,
                          from + 340);
          for (int gone = from + 1; gone <= from + 340; ++gone) {
            scene->kitchen.leave(gone);
          }
        });
    }
  }
  story.at_end([=] {
    scene->wait(1s);
    scene->see_all();
  });
}

void any_evening(probe::Run& run) { run.stories(20, any_order); }

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"nobody_stays", nobody_stays},
                      {"nothing_is_kept", nothing_is_kept},
                      {"burnt", burnt},
                      {"any_evening", any_evening}});
}
