#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chapters/03_coroutine_task/exercises/bounded_queue.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// Counts its iterations.
class Loop : public ch03::EventLoop {
 public:
  using EventLoop::EventLoop;
  int iterations = 0;

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    ++iterations;
    return ch03::EventLoop::select(timeout);
  }
};

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
    run.note(diary, probe::text(now()) + ": " + text);
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
  // On a busy evening, every 10 ms: does something, or cancels what another
  // guest does.
  void guest_comes(int number, int what, const std::string& dish,
                   const std::string& cook, int other);
  void next_scene() {
    show_diary();
    run.step("a new scene with the same queue, at 0 ms again");
    scene = std::chrono::duration_cast<milliseconds>(loop.time());
  }

  probe::Run& run;
  common::VirtualClock clock;
  Loop loop{clock};
  exercises::BoundedQueue queue;
  milliseconds scene{0};
  std::vector<std::string> diary;
  bool others_ran = false;
  std::vector<ch03::Task<>> tasks;
  std::map<int, std::pair<std::string, ch03::Task<>>> guests;
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

ch03::Coroutine<> put_two_then_get(Kitchen& kitchen, std::string first,
                                   std::string second, std::string name,
                                   milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await put_one(kitchen, first);
  co_await put_one(kitchen, second);
  co_await get_one(kitchen, name);
}

ch03::Coroutine<> get_then_put(Kitchen& kitchen, std::string name,
                               std::string item, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await get_one(kitchen, name);
  co_await put_one(kitchen, item);
}

// Does another callback get a turn between the call and what follows it?
ch03::Coroutine<> put_at_once(Kitchen& kitchen, std::string item,
                              milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  kitchen.others_ran = false;
  kitchen.loop.call_soon([&kitchen] { kitchen.others_ran = true; });
  co_await kitchen.queue.put(item);
  kitchen.note("put " + item + (kitchen.others_ran ? ", suspended" : ""));
}

ch03::Coroutine<> get_at_once(Kitchen& kitchen, std::string name,
                              milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  kitchen.others_ran = false;
  kitchen.loop.call_soon([&kitchen] { kitchen.others_ran = true; });
  const std::string item = co_await kitchen.queue.get();
  kitchen.note(name + " got " + item +
               (kitchen.others_ran ? ", suspended" : ""));
}

ch03::Coroutine<> put_then_cancel(Kitchen& kitchen, std::string item,
                                  std::vector<ch03::Task<>> others,
                                  milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  co_await put_one(kitchen, item);
  for (const auto& other : others) other.cancel();
}

ch03::Coroutine<> cancel_then_put(Kitchen& kitchen, ch03::Task<> other,
                                  std::string item, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  other.cancel();
  co_await put_one(kitchen, item);
}

ch03::Coroutine<> cancel_then_get(Kitchen& kitchen, ch03::Task<> other,
                                  std::string name, milliseconds moment) {
  co_await ch03::sleep(kitchen.until(moment));
  other.cancel();
  co_await get_one(kitchen, name);
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

void Kitchen::guest_comes(int number, int what, const std::string& dish,
                          const std::string& cook, int other) {
  const milliseconds moment = number * 10ms;
  const std::string time = probe::text(moment);
  if (what <= 3) {
    guests[number] = {dish, puts(dish, moment)};
  } else if (what <= 6) {
    guests[number] = {cook, gets(cook, moment)};
  } else if (what == 7) {
    run.step("at {} the task {} puts {}, and at once gets an item", time, cook,
             dish);
    guests[number] = {cook,
                      start(*this, put_then_get(*this, dish, cook, moment))};
  } else if (what == 8) {
    run.step("at {} the task {} gets an item, and at once puts {}", time, cook,
             dish);
    guests[number] = {cook,
                      start(*this, get_then_put(*this, cook, dish, moment))};
  } else if (what == 13) {
    run.step("at {} the task {} puts {} and {}-too, and at once gets an item",
             time, cook, dish, dish);
    guests[number] = {
        cook, start(*this, put_two_then_get(*this, dish, dish + "-too", cook,
                                            moment))};
  } else if (guests.contains(other)) {
    const auto [name, task] = guests[other];
    if (what == 9) {
      run.step("at {} the task of {} is cancelled, if it is not done", time,
               name);
      at(moment, [guest = task] { guest.cancel(); });
    } else if (what == 10) {
      run.step("at {} a task puts {}, and at once cancels that of {}", time,
               dish, name);
      start(*this, put_then_cancel(*this, dish, {task}, moment));
    } else if (what == 11) {
      run.step("at {} the task {} gets an item, and at once cancels that of {}",
               time, cook, name);
      start(*this, get_then_cancel(*this, cook, task, moment));
    } else {
      run.step("at {} a task cancels that of {}, and at once puts {}", time,
               name, dish);
      start(*this, cancel_then_put(*this, task, dish, moment));
    }
  }
}

// --- Cases -------------------------------------------------------------------

std::vector<std::string> cooks(probe::Run& run, std::size_t count) {
  return run.names("cook", count);
}
std::vector<std::string> dishes(probe::Run& run, std::size_t count) {
  return run.names("dish", count);
}

void empty(probe::Run& run) {
  Kitchen kitchen(run, 5);
  const auto items = dishes(run, 9);
  const auto names = cooks(run, 2);
  const auto pause = run.milliseconds(5, 20);
  run.why("what was put first leaves first, however many wait in the queue");
  kitchen.puts(items[0], 1ms);
  kitchen.puts(items[1], 2ms);
  kitchen.puts(items[2], 3ms);
  kitchen.count(4ms);
  run.step("at 10 ms the task {} begins to get 5 items", names[0]);
  kitchen.at(10ms, [&kitchen, cook = names[0]] {
    start(kitchen, get_all(kitchen, cook, 5));
  });
  kitchen.puts(items[3], 10ms + pause);
  kitchen.puts(items[4], 10ms + 3 * pause);
  kitchen.next_scene();

  run.why(
      "there is an item, or room for one: then there is no reason to let "
      "others run before the call returns");
  run.step("at 1 ms and 2 ms tasks put {} and {}", items[5], items[6]);
  start(kitchen, put_at_once(kitchen, items[5], 1ms));
  start(kitchen, put_at_once(kitchen, items[6], 2ms));
  run.step("at 3 ms and 4 ms the task {} gets an item", names[1]);
  start(kitchen, get_at_once(kitchen, names[1], 3ms));
  start(kitchen, get_at_once(kitchen, names[1], 4ms));
  kitchen.gets(names[0], 10ms);
  run.step("at 20 ms a task puts {}", items[7]);
  start(kitchen, put_at_once(kitchen, items[7], 20ms));
  kitchen.next_scene();

  run.why(
      "a consumer that looks again and again keeps the loop busy: it has to "
      "sleep until a put() wakes it");
  int before = 0;
  kitchen.gets(names[0], 1ms);
  kitchen.at(100ms, [&] { before = kitchen.loop.iterations; });
  kitchen.at(500ms, [&] {
    run.step("a get() waits from 1 ms on");
    run.see("iterations of the loop from 100 ms to 500 ms",
            kitchen.loop.iterations - before);
  });
  kitchen.puts(items[8], 600ms);
  kitchen.show_diary();
}

void full(probe::Run& run) {
  const int room = run.number(2, 4);
  Kitchen kitchen(run, room);
  const auto items = dishes(run, static_cast<std::size_t>(room) + 2);
  const auto cook = cooks(run, 1)[0];
  const auto moment = run.milliseconds(10, 30);
  run.step("a task puts {} items, one after the other", room + 2);
  start(kitchen, put_all(kitchen, items));
  kitchen.count(moment - 1ms);
  kitchen.gets(cook, moment);
  kitchen.gets(cook, moment + 10ms);
  kitchen.count(moment + 15ms);
  kitchen.gets(cook, moment + 20ms);
  kitchen.count(moment + 25ms);
  kitchen.next_scene();

  run.why(
      "a producer that looks again and again keeps the loop busy: it has to "
      "sleep until a get() wakes it");
  const auto more = dishes(run, 4);
  int before = 0;
  run.step("a task puts 4 items, one after the other");
  start(kitchen, put_all(kitchen, more));
  kitchen.at(100ms, [&] { before = kitchen.loop.iterations; });
  kitchen.at(500ms, [&] {
    run.step("a put() waits");
    run.see("iterations of the loop from 100 ms to 500 ms",
            kitchen.loop.iterations - before);
  });
  kitchen.show_diary();
}

void in_line(probe::Run& run) {
  {
    Kitchen kitchen(run, 1);
    const auto names = cooks(run, 4);
    const auto items = dishes(run, 7);
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
  run.why(
      "several items may come, or several places become free, before the "
      "first in line has run: then the next ones are served as well");
  Kitchen kitchen(run, 3);
  const auto names = cooks(run, 4);
  const auto items = dishes(run, 9);
  for (std::size_t i = 0; i < 3; ++i) {
    kitchen.gets(names[i], (1 + static_cast<int>(i)) * 1ms);
  }
  run.step("at 10 ms a task puts three items, one after the other");
  kitchen.at(10ms, [&] {
    start(kitchen, put_all(kitchen, {items[0], items[1], items[2]}));
  });
  kitchen.next_scene();
  for (std::size_t i = 3; i < 9; ++i) {
    kitchen.puts(items[i], (1 + static_cast<int>(i - 3)) * 1ms);
  }
  run.step("at 10 ms the task {} gets three items, one after the other",
           names[3]);
  kitchen.at(10ms, [&] { start(kitchen, get_all(kitchen, names[3], 3)); });
  kitchen.count(20ms);
  kitchen.show_diary();
}

void no_overtaking(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = cooks(run, 8);
  const auto items = dishes(run, 13);
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
  kitchen.next_scene();

  run.why(
      "the second in line keeps its place, too: a newcomer is behind all that "
      "wait, whether they were woken or not");
  kitchen.gets(names[4], 1ms);
  kitchen.gets(names[5], 2ms);
  run.step("at 10 ms the task {} puts {}, and at once gets an item", names[6],
           items[5]);
  start(kitchen, put_then_get(kitchen, items[5], names[6], 10ms));
  kitchen.puts(items[6], 20ms);
  kitchen.puts(items[7], 30ms);
  kitchen.next_scene();
  for (std::size_t i = 8; i < 11; ++i) {
    kitchen.puts(items[i], (1 + static_cast<int>(i - 8)) * 1ms);
  }
  run.step("at 10 ms the task {} gets an item, and at once puts {}", names[7],
           items[11]);
  start(kitchen, get_then_put(kitchen, names[7], items[11], 10ms));
  for (int i = 2; i < 5; ++i) kitchen.gets(names[7], i * 10ms);
  kitchen.show_diary();
}

void cancelled_waiter(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = cooks(run, 4);
  const auto items = dishes(run, 4);
  run.why(
      "a cancelled get() throws CancelledError, and leaves the line: a place "
      "that it leaves behind would take the item of the next one");
  const auto waits = kitchen.gets(names[0], 1ms);
  kitchen.gets(names[1], 2ms);
  run.step("at 10 ms the task {} is cancelled", names[0]);
  kitchen.at(10ms, [waits] { waits.cancel(); });
  kitchen.puts(items[0], 20ms);
  kitchen.next_scene();
  run.why(
      "a cancelled put() throws CancelledError and has put nothing; those "
      "behind it go on");
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

// Tasks come and are cancelled. One begins every 10 ms, so that each moment has
// settled before the next one; and it may do two things at once.
void busy_evening(probe::Story& story) {
  auto& run = story.run;
  const auto kitchen = std::make_shared<Kitchen>(run, run.number(1, 3));
  for (int i = 1; i <= 50; ++i) {
    const int what = run.number(1, 13);
    const auto dish = dishes(run, 1)[0];
    const auto cook = cooks(run, 1)[0];
    const int other = run.number(std::max(1, i - 12), i);
    story.add([=] { kitchen->guest_comes(i, what, dish, cook, other); });
  }
  story.at_end([=] {
    kitchen->count(900ms);
    kitchen->run.why(
        "each is served in the order in which it came; one that is cancelled "
        "leaves its own place in the line, and passes its turn on");
    kitchen->show_diary();
  });
}

void cancelled_when_woken(probe::Run& run) {
  Kitchen kitchen(run, 1);
  const auto names = cooks(run, 9);
  const auto items = dishes(run, 14);
  const auto first = kitchen.gets(names[0], 1ms);
  kitchen.gets(names[1], 2ms);
  run.step("at 10 ms a task puts {}, and at once cancels the task {}", items[0],
           names[0]);
  start(kitchen, put_then_cancel(kitchen, items[0], {first}, 10ms));
  kitchen.next_scene();
  run.why(
      "a get() that was cancelled has taken nothing: without another taker the "
      "item stays in the queue");
  const auto alone = kitchen.gets(names[2], 1ms);
  run.step("at 10 ms a task puts {}, and at once cancels the task {}", items[1],
           names[2]);
  start(kitchen, put_then_cancel(kitchen, items[1], {alone}, 10ms));
  kitchen.count(20ms);
  kitchen.next_scene();
  run.why(
      "a place became free for the put() that was woken: if that leaves, the "
      "next put() must be woken");
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
  kitchen.next_scene();
  for (const bool backwards : {false, true}) {
    run.why(
        "the next in line may have been cancelled, too: the turn goes on to "
        "the first that is still there");
    const std::size_t at = backwards ? 6 : 4;
    const auto one = kitchen.gets(names[5], 1ms);
    const auto two = kitchen.gets(names[6], 2ms);
    kitchen.gets(names[7], 3ms);
    run.step("at 10 ms a task puts {}, and at once cancels the tasks {} and {}",
             items[at], names[backwards ? 6 : 5], names[backwards ? 5 : 6]);
    std::vector<ch03::Task<>> both = {one, two};
    if (backwards) std::swap(both[0], both[1]);
    start(kitchen, put_then_cancel(kitchen, items[at], both, 10ms));
    kitchen.puts(items[at + 1], 20ms);
    kitchen.gets(names[8], 30ms);
    kitchen.next_scene();
  }
  run.why(
      "a task that leaves the line may find that the first has been woken "
      "already: one item is for one of them, and one place, too");
  kitchen.gets(names[0], 1ms);
  kitchen.gets(names[1], 2ms);
  const auto third = kitchen.gets(names[2], 3ms);
  run.step("at 10 ms a task cancels the task {}, and at once puts {}", names[2],
           items[8]);
  start(kitchen, cancel_then_put(kitchen, third, items[8], 10ms));
  kitchen.puts(items[9], 20ms);
  kitchen.next_scene();
  kitchen.puts(items[10], 1ms);
  kitchen.puts(items[11], 2ms);
  kitchen.puts(items[12], 3ms);
  const auto fourth = kitchen.puts(items[13], 4ms);
  run.step(
      "at 10 ms the task {} cancels the put of {}, and at once gets an "
      "item",
      names[3], items[13]);
  start(kitchen, cancel_then_get(kitchen, fourth, names[3], 10ms));
  kitchen.count(20ms);
  kitchen.show_diary();

  run.stories(40, busy_evening);
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
