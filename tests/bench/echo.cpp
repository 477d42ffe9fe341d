// Echo over TCP: clients and servers on one loop, coroutines on both sides.
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <optional>
#include <vector>

#include "tests/bench/loops.hpp"
#include "tests/bench/sockets.hpp"

namespace {

using ch03::Coroutine;
using ch03::Future;
using ch03::Task;

// A descriptor that is watched all the time, as a transport of asyncio is.
template <class Loop>
class Stream {
 public:
  Stream(Loop& loop, int fd) : loop_(loop), fd_(fd) {
    loop_.add_reader(fd_, [this] {
      if (const auto future = std::exchange(waiting_, std::nullopt)) {
        future->set_result();
      }
    });
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { loop_.remove_reader(fd_); }

  void write(const bench::Message& message) const {
    const auto written = ::write(fd_, message.data(), message.size());
    if (written < 0) common::throw_errno("write()");
  }
  // False at the end of the stream.
  Coroutine<bool> read(bench::Message& message) {
    ssize_t count = 0;
    while ((count = ::read(fd_, message.data(), message.size())) < 0) {
      if (errno != EAGAIN) common::throw_errno("read()");
      waiting_ = loop_.create_future();
      co_await *waiting_;
    }
    co_return count > 0;
  }

 private:
  Loop& loop_;
  int fd_;
  std::optional<Future<>> waiting_;
};

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
