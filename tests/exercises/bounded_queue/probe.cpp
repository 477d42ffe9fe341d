#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include "chapters/03_coroutine_task/exercises/bounded_queue.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// Tasks around a queue, on a virtual clock, and a diary of what they did.
struct Kitchen {
  Kitchen(probe::Run& where, int room)
      : run(where), queue(static_cast<std::size_t>(room)) {
    run.step("a queue with room for {}", room);
  }

  // Times are counted from the beginning of a scene.
  milliseconds now() const {
    return std::chrono::duration_cast<milliseconds>(loop.time()) - scene;
  }
  void note(const std::string& text) {
    diary.push_back(probe::text(now()) + ": " + text);
  }
  milliseconds until(milliseconds moment) const { return moment - now(); }
  // Tasks that begin at that moment; a name each, to know them again.
  const ch03::Task<>& puts(const std::string& item, milliseconds moment);
  const ch03::Task<>& gets(const std::string& name, milliseconds moment);
  template <class Callback>
  void at(milliseconds moment, Callback callback) {
    loop.call_at(scene + moment, callback);
  }
  void count(milliseconds moment) {
    run.step("at {} we count the items", probe::text(moment));
    at(moment,
       [this] { note("items in the queue: " + probe::text(queue.size())); });
  }
  void show_diary() {
    loop.call_later(1s, [this] { loop.stop(); });
    loop.run_forever();
    run.step("the loop has run for a second; the diary:");
    run.see_lines("diary", diary);
    diary.clear();
  }
  void next_scene() {
    show_diary();
    run.step("a new scene with the same queue, at 0 ms again");
    scene = std::chrono::duration_cast<milliseconds>(loop.time());
  }

  probe::Run& run;
  common::VirtualClock clock;
  ch03::EventLoop loop{clock};
  exercises::BoundedQueue queue;
  milliseconds scene{0};
  std::vector<std::string> diary;
  std::vector<ch03::Task<>> tasks;
};

// --- What tasks do -----------------------------------------------------------

ch03::Coroutine<> put_one(Kitchen& kitchen, std::string item) {
  try {
    co_await kitchen.queue.put(item);
    kitchen.note("put " + item);
  } catch (const ch03::CancelledError&) {
    kitchen.note("put of " + item + " cancelled");
    throw;
  } catch (const std::exception& error) {
    kitchen.note("put of " + item + " failed: " + error.what());
  }
}

ch03::Coroutine<> get_one(Kitchen& kitchen, std::string name) {
  try {
    const std::string item = co_await kitchen.queue.get();
    kitchen.note(name + " got " + item);
  } catch (const ch03::CancelledError&) {
    kitchen.note("get of " + name + " cancelled");
    throw;
  } catch (const std::exception& error) {
    kitchen.note("get of " + name + " failed: " + error.what());
  }
}

ch03::Coroutine<> put_at(Kitchen& kitchen, std::string item,
                         milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await put_one(kitchen, item);
}

ch03::Coroutine<> get_at(Kitchen& kitchen, std::string name,
                         milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await get_one(kitchen, name);
}

ch03::Coroutine<> put_all(Kitchen& kitchen, std::vector<std::string> items) {
  for (const std::string& item : items) co_await put_one(kitchen, item);
}

ch03::Coroutine<> get_all(Kitchen& kitchen, std::string name, int count) {
  for (int i = 0; i < count; ++i) co_await get_one(kitchen, name);
}

ch03::Coroutine<> put_then_get(Kitchen& kitchen, std::string item,
                               std::string name, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await put_one(kitchen, item);
  co_await get_one(kitchen, name);
}

ch03::Coroutine<> get_then_put(Kitchen& kitchen, std::string name,
                               std::string item, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await get_one(kitchen, name);
  co_await put_one(kitchen, item);
}

ch03::Coroutine<> put_then_cancel(Kitchen& kitchen, std::string item,
                                  ch03::Task<> other, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await put_one(kitchen, item);
  other.cancel();
}

ch03::Coroutine<> get_then_cancel(Kitchen& kitchen, std::string name,
                                  ch03::Task<> other, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await get_one(kitchen, name);
  other.cancel();
}

const ch03::Task<>& start(Kitchen& kitchen, ch03::Coroutine<> coroutine) {
  kitchen.tasks.push_back(kitchen.loop.create_task(std::move(coroutine)));
  return kitchen.tasks.back();
}

const ch03::Task<>& Kitchen::puts(const std::string& item,
                                  milliseconds moment) {
  run.step("at {} a task puts {}", probe::text(moment), item);
  return start(*this, put_at(*this, item, moment));
}

const ch03::Task<>& Kitchen::gets(const std::string& name,
                                  milliseconds moment) {
  run.step("at {} the task {} gets an item", probe::text(moment), name);
  return start(*this, get_at(*this, name, moment));
}

// --- Cases -------------------------------------------------------------------

void empty(probe::Run& run) {
  Kitchen kitchen(run, 5);
  const auto items = run.words(5);
  const auto cook = run.word();
  const auto pause = run.milliseconds(5, 20);
  kitchen.puts(items[0], 1ms);
  kitchen.puts(items[1], 2ms);
  kitchen.puts(items[2], 3ms);
  kitchen.count(4ms);
  run.step("at 10 ms the task {} begins to get 5 items", cook);
  kitchen.at(10ms,
             [&kitchen, cook] { start(kitchen, get_all(kitchen, cook, 5)); });
  kitchen.puts(items[3], 10ms + pause);
  kitchen.puts(items[4], 10ms + 3 * pause);
  kitchen.show_diary();
}

void full(probe::Run& run) {
  const int room = run.number(2, 4);
  Kitchen kitchen(run, room);
  const auto items = run.words(static_cast<std::size_t>(room) + 2);
  const auto cook = run.word();
  const auto moment = run.milliseconds(10, 30);
  run.step("a task puts {} items, one after the other", room + 2);
  start(kitchen, put_all(kitchen, items));
  kitchen.count(moment - 1ms);
  kitchen.gets(cook, moment);
  kitchen.gets(cook, moment + 10ms);
  kitchen.count(moment + 15ms);
  kitchen.gets(cook, moment + 20ms);
  kitchen.count(moment + 25ms);
  kitchen.show_diary();
}

void in_line(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = run.words(4);
  const auto items = run.words(7);
  for (std::size_t i = 0; i < 3; ++i) {
    kitchen.gets(names[i], (1 + static_cast<int>(i)) * 1ms);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    kitchen.puts(items[i], (10 + static_cast<int>(i)) * 1ms);
  }
  kitchen.next_scene();
  for (std::size_t i = 3; i < 7; ++i) {
    kitchen.puts(items[i], (1 + static_cast<int>(i - 3)) * 1ms);
  }
  for (int i = 0; i < 4; ++i) kitchen.gets(names[3], (10 + i) * 1ms);
  kitchen.show_diary();
}

void no_overtaking(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = run.words(4);
  const auto items = run.words(5);
  kitchen.gets(names[0], 1ms);
  run.step("at 10 ms the task {} puts {}, and at once gets an item", names[1],
           items[0]);
  start(kitchen, put_then_get(kitchen, items[0], names[1], 10ms));
  kitchen.puts(items[1], 20ms);
  kitchen.next_scene();
  kitchen.puts(items[2], 1ms);
  kitchen.puts(items[3], 2ms);
  run.step("at 10 ms the task {} gets an item, and at once puts {}", names[2],
           items[4]);
  start(kitchen, get_then_put(kitchen, names[2], items[4], 10ms));
  kitchen.count(15ms);
  kitchen.gets(names[3], 20ms);
  kitchen.gets(names[3], 30ms);
  kitchen.show_diary();
}

void cancelled_waiter(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = run.words(4);
  const auto items = run.words(4);
  const auto waits = kitchen.gets(names[0], 1ms);
  kitchen.gets(names[1], 2ms);
  run.step("at 10 ms the task {} is cancelled", names[0]);
  kitchen.at(10ms, [waits] { waits.cancel(); });
  kitchen.puts(items[0], 20ms);
  kitchen.next_scene();
  kitchen.puts(items[1], 1ms);
  const auto stuck = kitchen.puts(items[2], 2ms);
  kitchen.puts(items[3], 3ms);
  run.step("at 10 ms the task that puts {} is cancelled", items[2]);
  kitchen.at(10ms, [stuck] { stuck.cancel(); });
  kitchen.gets(names[2], 20ms);
  kitchen.gets(names[3], 30ms);
  kitchen.count(40ms);
  kitchen.show_diary();
}

void cancelled_when_woken(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = run.words(5);
  const auto items = run.words(4);
  const auto first = kitchen.gets(names[0], 1ms);
  kitchen.gets(names[1], 2ms);
  run.step("at 10 ms a task puts {}, and at once cancels the task {}", items[0],
           names[0]);
  start(kitchen, put_then_cancel(kitchen, items[0], first, 10ms));
  kitchen.next_scene();
  const auto alone = kitchen.gets(names[2], 1ms);
  run.step("at 10 ms a task puts {}, and at once cancels the task {}", items[1],
           names[2]);
  start(kitchen, put_then_cancel(kitchen, items[1], alone, 10ms));
  kitchen.count(20ms);
  kitchen.next_scene();
  const auto stuck = kitchen.puts(items[2], 1ms);
  kitchen.puts(items[3], 2ms);
  run.step(
      "at 10 ms the task {} gets an item, and at once cancels the put "
      "of {}",
      names[3], items[2]);
  start(kitchen, get_then_cancel(kitchen, names[3], stuck, 10ms));
  kitchen.count(20ms);
  kitchen.gets(names[4], 30ms);
  kitchen.count(40ms);
  kitchen.show_diary();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"empty", empty},
                      {"full", full},
                      {"in_line", in_line},
                      {"no_overtaking", no_overtaking},
                      {"cancelled_waiter", cancelled_waiter},
                      {"cancelled_when_woken", cancelled_when_woken}});
}
