// Who waits for whom, and who for nobody? Four evenings in a restaurant.

#include <csignal>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/07_resource_warning.hpp"

namespace asyncio = ch12;

namespace {

using namespace std::chrono_literals;

// #region people
asyncio::Coroutine<> work_after(const asyncio::Task<>& other) {
  co_await asyncio::sleep(10ms);
  co_await other;
}

asyncio::Coroutine<> eat(asyncio::Future<> bell) { co_await bell; }
asyncio::Coroutine<> sit_down(asyncio::Future<> bell) { co_await eat(bell); }
// #endregion people

// #region quarrel
asyncio::Coroutine<> quarrel(asyncio::EventLoop& loop) {
  asyncio::Task<> cook, waiter;
  cook = loop.create_task(work_after(waiter), "cook");
  waiter = loop.create_task(work_after(cook), "waiter");
  const auto bell = loop.create_future();
  const auto anna = loop.create_task(sit_down(bell), "Anna");
  const auto ben = loop.create_task(sit_down(bell), "Ben");
  co_await asyncio::gather(waiter, anna, ben);
}
// #endregion quarrel

// #region bread
asyncio::Future<> order_bread(asyncio::EventLoop& loop) {
  return loop.create_future();  // who was to remember this?
}

asyncio::Coroutine<> bread(asyncio::EventLoop& loop) {
  co_await order_bread(loop);
}
// #endregion bread

// #region kitchen
asyncio::Coroutine<> wash_up() { co_await asyncio::sleep(500ms); }

asyncio::Coroutine<> close_kitchen(asyncio::EventLoop& loop,
                                   asyncio::Task<>& dishes) {
  dishes = loop.create_task(wash_up(), "dishes");
  co_return;
}
// #endregion kitchen

// #region late
asyncio::Coroutine<> late(asyncio::EventLoop& loop) {
  const asyncio::GraphOnSignal on_signal(loop, SIGUSR1);
  asyncio::Task<> dishes;
  co_await loop.create_task(close_kitchen(loop, dishes), "kitchen");
  // As from another terminal: kill -USR1
  loop.call_later(200ms, asyncio::named("terminal", [] { ::raise(SIGUSR1); }));
  co_await asyncio::sleep(300ms);
  co_await asyncio::wait_for(dishes, 1s);
}
// #endregion late

// #region delivery
asyncio::Coroutine<> delivery(asyncio::EventLoop& loop) {
  const auto bell = loop.create_future();
  std::jthread driver([&loop, bell = &bell, here = asyncio::Expecting(loop)] {
    loop.call_soon_threadsafe([bell] { bell->set_result(); });
  });
  co_await bell;
  common::print("the bread is here");
}
// #endregion delivery

int program(int argc, char** argv) {
  std::string evening = "delivery";
  common::CommandLine command_line("An evening in a restaurant.");
  command_line.choice("evening,e", evening,
                      {"delivery", "quarrel", "bread", "late"}, "what happens");
  command_line.parse(argc, argv);

  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(true);
  loop.throw_on_deadlock = true;
  const auto task = loop.create_task(evening == "quarrel" ? quarrel(loop)
                                     : evening == "bread" ? bread(loop)
                                     : evening == "late"  ? late(loop)
                                                          : delivery(loop));
  try {
    loop.run_until_complete(task);
  } catch (const asyncio::Deadlock& deadlock) {
    common::print("after {:.2f} s: {}", common::to_seconds(loop.time()),
                  deadlock.what());
    task.cancel();
    loop.run_until_complete(asyncio::gather_outcomes(task));
  }
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
