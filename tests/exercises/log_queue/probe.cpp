#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/04_logging/exercises/log_queue.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using Time = std::chrono::system_clock::time_point;

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

// Keeps what it gets, and when. One record can make it do something itself.
class Shelf : public ch04::Handler {
 public:
  explicit Shelf(Loop& where) : loop(where) {}

  Loop& loop;
  std::vector<std::string> lines;
  std::vector<ch04::LogRecord> records;
  std::string answers_to;  // the message of a record, or its beginning
  std::function<void()> answer;

 protected:
  void emit(const ch04::LogRecord& record) override {
    lines.push_back("iteration " + probe::text(loop.iteration) + ": " +
                    ch04::get_level_name(record.level) + " " + record.name +
                    ": " + record.message);
    records.push_back(record);
    if (answers_to.empty() || !record.message.starts_with(answers_to)) return;
    answers_to.clear();
    answer();
  }
};

// A logger with a QueueHandler, and a loop on a virtual clock. All logging is
// done by callbacks.
struct Kitchen {
  Kitchen(probe::Run& where, int room, int batch)
      : run(where),
        name(run.name("loud")),
        handler(std::make_shared<exercises::QueueHandler>(
            loop, shelf, static_cast<std::size_t>(room),
            static_cast<std::size_t>(batch))) {
    run.step("logger {} has a QueueHandler: room for {}, batches of {}", name,
             room, batch);
    logger().set_level(ch04::DEBUG);
    logger().add_handler(handler);
  }
  ~Kitchen() {
    logger().remove_handler(handler);
    shelf->answers_to.clear();
    handler->close();
  }

  ch04::Logger& logger() { return ch04::get_logger(name); }
  std::string log_words(int count) {
    const auto texts = run.names("text", static_cast<std::size_t>(count));
    std::string all;
    for (const std::string& text : texts) {
      all += (all.empty() ? "" : ", ") + text;
      logger().info("{}", text);
    }
    return all;
  }
  void log(int count) {
    const std::string all = log_words(count);
    run.step("in iteration {} of a run, a callback logs {}", loop.iteration,
             all);
  }
  // When the target gets that record, it logs so many itself.
  void answer(const std::string& to, int count) {
    run.step("as soon as the target gets \"{}\", it logs {} itself", to, count);
    shelf->answers_to = to;
    shelf->answer = [this, count] {
      const auto texts = run.names("text", static_cast<std::size_t>(count));
      for (const std::string& text : texts) logger().info("{}", text);
    };
  }
  void answer_with_close(const std::string& to) {
    run.step("as soon as the target gets \"{}\", it calls close()", to);
    shelf->answers_to = to;
    shelf->answer = [this] { handler->close(); };
  }
  void close() {
    handler->close();
    run.step("in the same callback, the handler's close() is called");
  }
  void log_now(int count) {
    const std::string all = log_words(count);
    run.step("log {}", all);
    run.why(
        "a record that finds room waits, however many were lost before it: a "
        "log call gives nothing to the target");
    show();
    count_callbacks();
  }
  void close_now() {
    run.step("close()");
    handler->close();
    run.why(
        "close() gives all that waits to the target, also what found room "
        "after a loss; then the losses, and leaves no callback; again, it does "
        "nothing");
    show();
    count_callbacks();
  }
  // One iteration.
  void round() {
    run.step("the loop makes one round");
    loop.iteration = 0;
    loop.stop();
    loop.run_forever();
    run.why(
        "a round takes one batch, the oldest first; if none waits after it, "
        "the losses are told, all that there were since they were last told");
    show();
    count_callbacks();
  }
  void show() {
    run.see_lines("the target has", shelf->lines);
    shelf->lines.clear();
    shelf->records.clear();
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

  const auto twin = std::make_shared<Shelf>(kitchen.loop);
  kitchen.logger().add_handler(twin);
  run.step("the logger has a second handler now, which keeps records at once");
  const auto text = run.name("text");
  kitchen.in_callback([&] {
    try {
      throw std::runtime_error(text);
    } catch (const std::runtime_error&) {
      kitchen.logger().exception("{}", text);
    }
    run.step("a callback logs {}, with an exception", text);
  });
  const auto& records = kitchen.shelf->records;
  run.see("records that the target has", records.size());
  if (records.size() == 1) {
    run.why(
        "a record is more than its message: a report that loses the place, "
        "the time or the exception cannot be used to find anything");
    const ch04::LogRecord& got = records.at(0);
    const ch04::LogRecord& was = twin->records.at(0);
    run.see("has its place", got.place.line() == was.place.line());
    run.see("has its time", got.created == was.created);
    run.see("has its thread", got.thread_name == was.thread_name);
    run.see("has its exception", got.exc_info == was.exc_info);
    run.why("");
  }
  kitchen.logger().remove_handler(twin);
  kitchen.show();

  kitchen.shelf->set_level(ch04::ERROR);
  run.step("the target's own level is set to ERROR");
  kitchen.in_callback([&] { kitchen.log(1); });
  run.why(
      "target_->handle() asks the target's filters, and not its level: the "
      "contract wants it called for every record");
  kitchen.show();
}

void in_batches(probe::Run& run) {
  const int batch = run.number(2, 3);
  Kitchen kitchen(run, 20, batch);
  kitchen.in_callback([&] {
    kitchen.log(2 * batch + 1);
    run.why(
        "one callback is enough while records wait, however many they are: "
        "is there one already?");
    kitchen.count_callbacks();
    run.why("");
  });
  kitchen.show();
  kitchen.in_callback([&] { kitchen.log(batch); });
  kitchen.show();
  run.why("no record waits any more, so no callback has anything to do");
  kitchen.count_callbacks();
  run.why("a callback that leaves no record behind schedules no other one");
  kitchen.in_callback([&] {
    kitchen.log(1);
    kitchen.loop.call_soon([&] {
      run.step("a callback behind the handler's looks around");
      kitchen.count_callbacks();
    });
  });
  run.why(
      "the second call finds a callback scheduled, and needs none of its own; "
      "each iteration takes a batch, the oldest first");
  kitchen.in_callback([&] {
    kitchen.log(1);
    kitchen.loop.call_soon([&] {
      kitchen.log(batch + 1);
      kitchen.count_callbacks();
    });
  });
  kitchen.show();
}

void no_room_left(probe::Run& run) {
  const int room = run.number(3, 4);
  Kitchen kitchen(run, room, 2);
  const int first = run.number(1, 4);
  const int second = run.number(1, 4);
  kitchen.in_callback([&] { kitchen.log(room); });
  run.why("so many find room; only one more would be lost");
  kitchen.show();
  run.why("");
  kitchen.in_callback([&] { kitchen.log(room + first); });
  if (!kitchen.shelf->records.empty()) {
    const Time now = std::chrono::system_clock::now();
    const Time created = kitchen.shelf->records.back().created;
    run.why(
        "a report has a time, as every record: without one, a formatter "
        "with a time prints 1970");
    run.see("the last record is of this minute",
            created > now - 60s && created <= now);
  }
  if (!kitchen.shelf->lines.empty()) {
    run.why("the oldest stay: what finds no room is what comes last");
    run.see("the first record", kitchen.shelf->lines.front());
  }
  run.why("room for so many is room for so many: the next one finds none");
  const auto is_info = [](const ch04::LogRecord& record) {
    return record.level == ch04::INFO;
  };
  run.see("records that found room",
          std::ranges::count_if(kitchen.shelf->records, is_info));
  run.why(
      "the losses are told when no record waits any more, and not after each "
      "batch; in the same iteration, as a WARNING, and straight to the "
      "target: "
      "a logger would put the report into the queue");
  kitchen.show();
  kitchen.in_callback([&] { kitchen.log(room + second); });
  run.why("counting begins anew after each report: tell no loss twice");
  kitchen.show();
  kitchen.in_callback([&] { kitchen.log(1); });
  kitchen.show();

  ch04::LogRecord old;
  old.name = kitchen.name;
  old.level = ch04::INFO;
  old.message = run.name("text");
  old.created = std::chrono::system_clock::now() - 1h;
  kitchen.in_callback([&] {
    for (int i = 0; i <= room; ++i) kitchen.handler->handle(old);
    run.step("a callback hands over a record {} times that is an hour old",
             room + 1);
  });
  std::vector<bool> is_old;
  for (const ch04::LogRecord& record : kitchen.shelf->records) {
    is_old.push_back(record.created < std::chrono::system_clock::now() - 30min);
  }
  run.why(
      "a record keeps the time at which it was made; the report is made now, "
      "and not when one of those records was that waited, or were lost");
  run.see("is each an hour old, and the report behind them", is_old);
}

void while_it_writes(probe::Run& run) {
  {
    Kitchen kitchen(run, 20, 4);
    const auto question = run.name("question");
    kitchen.answer(question, 2);
    kitchen.in_callback([&] {
      kitchen.log(1);
      kitchen.logger().info("{}", question);
      run.step("and {}", question);
    });
    kitchen.show();
  }
  run.why(
      "a record that the target is being given waits no more, so there is "
      "room for one; and as that one waits then, the losses are told after it");
  const int room = run.number(2, 3);
  Kitchen kitchen(run, room, room);
  const auto question = run.name("question");
  kitchen.answer(question, 2);
  kitchen.in_callback([&] {
    kitchen.logger().info("{}", question);
    run.step("in iteration 1 of a run, a callback logs {}", question);
    kitchen.log(room - 1);
  });
  kitchen.show();

  run.why(
      "the report is a record that the target gets, too, and the target may "
      "log: what finds no room then belongs to the next report");
  kitchen.answer("records lost", room + 2);
  kitchen.in_callback([&] { kitchen.log(room + 1); });
  kitchen.show();
}

// Records come, and the loop makes a round now and then. The target may answer.
void any_order(probe::Story& story) {
  auto& run = story.run;
  const int room = run.number(1, 6);
  const auto kitchen = std::make_shared<Kitchen>(run, room, run.number(1, 4));
  for (int i = 0; i < 50; ++i) {
    const int what = run.number(1, 100);
    const int count = run.number(1, 4);
    const bool to_report = run.coin();
    story.add([=] {
      if (what <= 42) {
        kitchen->log_now(count);
      } else if (what <= 88) {
        kitchen->round();
      } else if (what <= 98) {
        kitchen->answer(to_report ? "records lost" : "text", count);
      } else if (what <= 99) {
        kitchen->answer_with_close(to_report ? "records lost" : "text");
      } else {
        kitchen->close_now();
      }
    });
  }
  story.at_end([=] {
    kitchen->close_now();
    kitchen->round();
  });
}

void at_close(probe::Run& run) {
  const int room = run.number(3, 5);
  {
    Kitchen kitchen(run, room, 2);
    const int lost = run.number(1, 3);
    kitchen.in_callback([&] {
      kitchen.log(room + lost);
      kitchen.close();
      kitchen.show();
      run.why("nothing waits any more: the callback must be taken back");
      kitchen.count_callbacks();
      run.why("after close() no callback will come, so records go straight");
      kitchen.log(2);
      kitchen.show();
      kitchen.count_callbacks();
      kitchen.close();
      run.why("all has been written: a second close() has nothing to tell");
      kitchen.show();
    });
    kitchen.show();
  }
  {
    Kitchen kitchen(run, room, 2);
    run.why("nothing waits and nothing was lost, so there is nothing to tell");
    kitchen.in_callback([&] { kitchen.close(); });
    kitchen.show();
  }
  {
    Kitchen kitchen(run, room, 2);
    run.why(
        "the target may log while close() writes: such a record goes straight "
        "to it, or it would wait for a callback that never comes");
    const auto question = run.name("question");
    kitchen.answer(question, 1);
    kitchen.in_callback([&] {
      kitchen.logger().info("{}", question);
      run.step("in iteration 1 of a run, a callback logs {}", question);
      kitchen.log(1);
      kitchen.close();
      kitchen.count_callbacks();
    });
    kitchen.show();
  }
  Kitchen kitchen(run, room, 3);
  run.why(
      "when the target closes the handler in the middle of a batch, close() "
      "has written the rest of it already");
  const auto question = run.name("question");
  kitchen.answer_with_close(question);
  kitchen.in_callback([&] {
    kitchen.logger().info("{}", question);
    run.step("in iteration 1 of a run, a callback logs {}", question);
    kitchen.log(2);
  });
  kitchen.show();

  // Losses that are still to be told.
  for (const int places : {1, 2}) {
    Kitchen narrow(run, places, 1);
    run.why(
        "the target closes the handler when nothing waits any more, but some "
        "were lost: close() tells of them, once");
    const auto last = run.name("question");
    narrow.answer_with_close(last);
    narrow.in_callback([&] {
      if (places == 2) narrow.log(1);
      narrow.logger().info("{}", last);
      run.step("in iteration 1 of a run, a callback logs {}", last);
      narrow.log(2);
    });
    narrow.show();
    narrow.count_callbacks();
  }

  run.stories(40, any_order);
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
