// Echo over TCP: clients and servers on one loop, coroutines on both sides.
#include <deque>
#include <vector>

#include "tests/bench/loops.hpp"
#include "tests/bench/stream.hpp"

namespace {

using bench::Stream;
using ch03::Coroutine;
using ch03::Task;

template <class Loop>
Coroutine<> serve(Stream<Loop>& stream, std::size_t round_trips) {
  bench::Message message{};
  for (std::size_t i = 0; i < round_trips; ++i) {
    if (!co_await stream.read(message)) co_return;
    stream.write(message);
  }
}

template <class Loop>
Coroutine<> ask(Stream<Loop>& stream, std::size_t round_trips) {
  bench::Message message{};
  for (std::size_t i = 0; i < round_trips; ++i) {
    stream.write(message);
    if (!co_await stream.read(message)) co_return;
  }
}

template <class Loop>
void echo(benchmark::State& state, Loop& loop, std::size_t connections) {
  std::vector<common::FdPair> sockets;
  std::deque<Stream<Loop>> clients;
  std::deque<Stream<Loop>> servers;
  for (std::size_t i = 0; i < connections; ++i) {
    sockets.push_back(bench::connected_sockets());
    clients.emplace_back(loop, sockets.back().read.get());
    servers.emplace_back(loop, sockets.back().write.get());
  }
  const std::size_t each = bench::kRoundTrips / connections;
  for ([[maybe_unused]] auto _ : state) {
    std::vector<Task<>> tasks;
    for (std::size_t i = 0; i < connections; ++i) {
      tasks.push_back(loop.create_task(serve(servers[i], each)));
      tasks.push_back(loop.create_task(ask(clients[i], each)));
    }
    for (const Task<>& task : tasks) loop.run_until_complete(task);
  }
  bench::per_operation(state, bench::kRoundTrips);
}

const bool echo_1 = bench::add_task_loops(
    "echo_1",
    [](benchmark::State& state, auto& loop) { echo(state, loop, 1); });
const bool echo_100 = bench::add_task_loops(
    "echo_100",
    [](benchmark::State& state, auto& loop) { echo(state, loop, 100); });

}  // namespace
