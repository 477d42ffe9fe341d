#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chapters/04_logging/exercises/log_queue.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;

// Counts its iterations, and the callbacks that wait.
class Loop : public ch04::EventLoop {
 public:
  using EventLoop::EventLoop;

  int iteration = 0;
  std::size_t callbacks() const {
    std::size_t count = 0;
    for (const auto& one : scheduled()) {
      if (one.kind == Scheduled::Kind::ready) ++count;
    }
    return count;
  }

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    ++iteration;
    return ch04::EventLoop::select(timeout);
  }
};

// The target: keeps what comes to it, and says in which iteration. Some records
// make it log something itself.
class Shelf : public ch04::Handler {
 public:
  explicit Shelf(Loop& where) : loop(where) {}

  std::vector<std::string> lines;
  std::string answers_to;  // the message of a record
  std::string answer;

 protected:
  void emit(const ch04::LogRecord& record) override {
    lines.push_back("iteration " + probe::text(loop.iteration) + ": " +
                    ch04::get_level_name(record.level) + " " + record.name +
                    ": " + record.message);
    if (record.message == answers_to) {
      ch04::get_logger(record.name).info("{}", answer);
    }
  }

 private:
  Loop& loop;
};

// A logger with a QueueHandler, and a loop on a virtual clock. All logging is
// done by callbacks.
struct Kitchen {
  Kitchen(probe::Run& where, int room, int batch)
      : run(where),
        name(run.word()),
        handler(std::make_shared<exercises::QueueHandler>(
            loop, shelf, static_cast<std::size_t>(room),
            static_cast<std::size_t>(batch))) {
    run.step("logger {} has a QueueHandler: room for {}, batches of {}", name,
             room, batch);
    ch04::get_logger(name).set_level(ch04::DEBUG);
    ch04::get_logger(name).add_handler(handler);
  }
  ~Kitchen() {
    ch04::get_logger(name).remove_handler(handler);
    handler->close();
  }

  void log(int count) {
    const auto texts = run.words(static_cast<std::size_t>(count));
    std::string all;
    for (const std::string& text : texts) {
      all += (all.empty() ? "" : ", ") + text;
      ch04::get_logger(name).info("{}", text);
    }
    run.step("in iteration {} of a run, a callback logs {}", loop.iteration,
             all);
  }
  void close() {
    handler->close();
    run.step("in the same callback, the handler's close() is called");
  }
  void show() {
    run.see_lines("the target has", shelf->lines);
    shelf->lines.clear();
  }
  void count_callbacks() {
    run.see("callbacks of the loop that wait", loop.callbacks());
  }
  // Runs the callback in an iteration 1, and then whatever it has scheduled.
  template <class Callback>
  void in_callback(Callback callback) {
    loop.iteration = 0;
    loop.call_soon(callback);
    loop.call_later(1s, [this] { loop.stop(); });
    loop.run_forever();
    run.step("the loop has run until nothing was left to do");
  }

  probe::Run& run;
  common::VirtualClock clock;
  Loop loop{clock};
  std::string name;
  std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>(loop);
  std::shared_ptr<exercises::QueueHandler> handler;
};

void not_at_once(probe::Run& run) {
  Kitchen kitchen(run, 20, 10);
  const int count = run.number(2, 4);
  kitchen.in_callback([&] {
    kitchen.log(count);
    kitchen.show();
  });
  kitchen.show();
}

void in_batches(probe::Run& run) {
  const int batch = run.number(2, 3);
  Kitchen kitchen(run, 20, batch);
  kitchen.in_callback([&] {
    kitchen.log(2 * batch + 1);
    kitchen.count_callbacks();
  });
  kitchen.show();
  kitchen.in_callback([&] { kitchen.log(batch); });
  kitchen.show();
}

void no_room_left(probe::Run& run) {
  const int room = run.number(3, 4);
  Kitchen kitchen(run, room, 2);
  const int first = run.number(1, 4);
  const int second = run.number(1, 4);
  kitchen.in_callback([&] { kitchen.log(room + first); });
  kitchen.show();
  kitchen.in_callback([&] { kitchen.log(room + second); });
  kitchen.show();
  kitchen.in_callback([&] { kitchen.log(1); });
  kitchen.show();
}

void while_it_writes(probe::Run& run) {
  Kitchen kitchen(run, 20, 4);
  const auto answer = run.word();
  kitchen.in_callback([&] {
    kitchen.log(2);
    const auto question = run.word();
    ch04::get_logger(kitchen.name).info("{}", question);
    run.step("and {}; when the target gets that, it logs {} itself", question,
             answer);
    kitchen.shelf->answers_to = question;
    kitchen.shelf->answer = answer;
  });
  kitchen.show();
}

void at_close(probe::Run& run) {
  const int room = run.number(3, 5);
  Kitchen kitchen(run, room, 2);
  const int lost = run.number(1, 3);
  kitchen.in_callback([&] {
    kitchen.log(room + lost);
    kitchen.close();
    kitchen.show();
    kitchen.log(2);
    kitchen.show();
    kitchen.count_callbacks();
  });
  kitchen.show();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"not_at_once", not_at_once},
                      {"in_batches", in_batches},
                      {"no_room_left", no_room_left},
                      {"while_it_writes", while_it_writes},
                      {"at_close", at_close}});
}
