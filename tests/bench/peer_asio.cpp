// The same work for Asio, for one thread: without locks, and with the executor
// named in the type instead of found at run time.
#include <asio.hpp>
#include <semaphore>
#include <thread>
#include <vector>

#include "tests/bench/bench.hpp"
#include "tests/bench/sockets.hpp"

namespace {

using Executor = asio::io_context::executor_type;
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> use_awaitable;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class Loop : public asio::io_context {
 public:
  Loop() : asio::io_context(ASIO_CONCURRENCY_HINT_UNSAFE) {}
  void run_all() {
    run();
    restart();
  }
};

void call_soon(benchmark::State& state) {
  Loop loop;
  std::size_t calls = 0;
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < bench::kBatch; ++i) {
      asio::post(loop, [&calls] { ++calls; });
    }
    loop.run_all();
  }
  bench::per_operation(state, bench::kBatch);
}

Awaitable<> switch_often(Executor executor) {
  for (std::size_t i = 0; i < bench::kBatch; ++i) {
    co_await asio::post(executor, use_awaitable);
  }
}

void task_switch(benchmark::State& state, std::size_t tasks) {
  Loop loop;
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < tasks; ++i) {
      asio::co_spawn(loop.get_executor(), switch_often(loop.get_executor()),
                     asio::detached);
    }
    loop.run_all();
  }
  bench::per_operation(state, tasks * bench::kBatch);
}

Awaitable<int> answer() { co_return 42; }

Awaitable<> await_tasks(Executor executor) {
  long sum = 0;
  for (std::size_t i = 0; i < bench::kBatch; ++i) {
    sum += co_await asio::co_spawn(executor, answer(), use_awaitable);
  }
  benchmark::DoNotOptimize(sum);
}

Awaitable<> await_coroutines(Executor) {
  long sum = 0;
  for (std::size_t i = 0; i < bench::kBatch; ++i) sum += co_await answer();
  benchmark::DoNotOptimize(sum);
}

void await_all(benchmark::State& state, Awaitable<> (*coroutine)(Executor)) {
  Loop loop;
  for ([[maybe_unused]] auto _ : state) {
    asio::co_spawn(loop.get_executor(), coroutine(loop.get_executor()),
                   asio::detached);
    loop.run_all();
  }
  bench::per_operation(state, bench::kBatch);
}

void timers_fire(benchmark::State& state, std::size_t count) {
  const auto delays = bench::random_delays(count);
  Loop loop;
  std::vector<Timer> timers;
  timers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    timers.emplace_back(loop.get_executor());
  }
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      timers[i].expires_after(delays[i]);
      timers[i].async_wait([](std::error_code) {});
    }
    loop.run_all();
  }
  bench::per_operation(state, count);
}

void timers_cancel(benchmark::State& state, std::size_t count) {
  const auto delays = bench::random_delays(count);
  Loop loop;
  std::vector<Timer> timers;
  timers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    timers.emplace_back(loop.get_executor());
  }
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      timers[i].expires_after(std::chrono::hours(1) + delays[i]);
      timers[i].async_wait([](std::error_code) {});
    }
    for (Timer& timer : timers) timer.cancel();
    loop.run_all();
  }
  bench::per_operation(state, count);
}

// Two threads: this one needs the locks.
void post(benchmark::State& state) {
  asio::io_context loop(1);
  const auto work = asio::make_work_guard(loop);  // it waits for posts
  for ([[maybe_unused]] auto _ : state) {
    std::size_t left = bench::kPosts;
    std::thread poster([&] {
      for (std::size_t i = 0; i < bench::kPosts; ++i) {
        asio::post(loop, [&loop, &left] {
          if (--left == 0) loop.stop();
        });
      }
    });
    loop.run();
    poster.join();
    loop.restart();
  }
  bench::per_operation(state, bench::kPosts);
}

void post_ping_pong(benchmark::State& state) {
  asio::io_context loop(1);
  const auto work = asio::make_work_guard(loop);  // it waits for posts
  for ([[maybe_unused]] auto _ : state) {
    std::binary_semaphore answered(0);
    std::thread poster([&] {
      for (std::size_t i = 0; i < bench::kBatch; ++i) {
        asio::post(loop, [&answered] { answered.release(); });
        answered.acquire();
      }
      asio::post(loop, [&loop] { loop.stop(); });
    });
    loop.run();
    poster.join();
    loop.restart();
  }
  bench::per_operation(state, bench::kBatch);
}

// Asio has no future that many may await; a timer that never fires and is
// cancelled comes close.
Awaitable<> wait_for_gate(Timer& gate) {
  std::error_code cancelled;
  co_await gate.async_wait(asio::redirect_error(use_awaitable, cancelled));
}

std::size_t suspend_and_wake(Loop& loop) {
  Timer gate(loop.get_executor(), Timer::time_point::max());
  const std::size_t before = bench::allocated_bytes();
  for (std::size_t i = 0; i < bench::kTasks; ++i) {
    asio::co_spawn(loop.get_executor(), wait_for_gate(gate), asio::detached);
  }
  loop.poll();
  const std::size_t after = bench::allocated_bytes();
  gate.cancel();
  loop.run_all();
  return after - before;
}

void suspended(benchmark::State& state) {
  Loop loop;
  std::size_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) bytes = suspend_and_wake(loop);
  bench::per_operation(state, bench::kTasks);
  state.counters["bytes"] = static_cast<double>(bytes) / bench::kTasks;
}

Awaitable<> serve(Socket& socket, std::size_t round_trips) {
  bench::Message message{};
  for (std::size_t i = 0; i < round_trips; ++i) {
    co_await socket.async_read_some(asio::buffer(message), use_awaitable);
    co_await socket.async_write_some(asio::buffer(message), use_awaitable);
  }
}

Awaitable<> ask(Socket& socket, std::size_t round_trips) {
  bench::Message message{};
  for (std::size_t i = 0; i < round_trips; ++i) {
    co_await socket.async_write_some(asio::buffer(message), use_awaitable);
    co_await socket.async_read_some(asio::buffer(message), use_awaitable);
  }
}

void echo(benchmark::State& state, std::size_t connections) {
  Loop loop;
  const auto executor = loop.get_executor();
  std::vector<Socket> clients;
  std::vector<Socket> servers;
  for (std::size_t i = 0; i < connections; ++i) {
    common::FdPair sockets = bench::connected_sockets();
    clients.emplace_back(executor, asio::ip::tcp::v4(), sockets.read.release());
    servers.emplace_back(executor, asio::ip::tcp::v4(),
                         sockets.write.release());
  }
  const std::size_t each = bench::kRoundTrips / connections;
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < connections; ++i) {
      asio::co_spawn(executor, serve(servers[i], each), asio::detached);
      asio::co_spawn(executor, ask(clients[i], each), asio::detached);
    }
    loop.run_all();
  }
  bench::per_operation(state, bench::kRoundTrips);
}

template <class Function, class Argument>
auto with(Function function, Argument argument) {
  return [=](benchmark::State& state) { function(state, argument); };
}

const bool added = [] {
  using bench::add;
  add("call_soon/asio", call_soon);
  add("task_switch_1/asio", with(task_switch, 1));
  add("task_switch_100/asio", with(task_switch, 100));
  add("create_task_await/asio", with(await_all, await_tasks));
  add("await_coroutine/asio", with(await_all, await_coroutines));
  add("timers_fire_1e5/asio", with(timers_fire, 100'000));
  add("timers_fire_1e6/asio", with(timers_fire, 1'000'000));
  add("timers_cancel_1e5/asio", with(timers_cancel, 100'000));
  add("timers_cancel_1e6/asio", with(timers_cancel, 1'000'000));
  add("post/asio", post, bench::Meter::process);
  add("post_ping_pong/asio", post_ping_pong, bench::Meter::wall);
  add("suspended/asio", suspended);
  add("echo_1/asio", with(echo, 1));
  add("echo_100/asio", with(echo, 100));
  return true;
}();

}  // namespace
