// Sockets that echo: clients and servers on one loop.
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <deque>
#include <vector>

#include "common/unique_fd.hpp"
#include "tests/bench/stream.hpp"
#include "tests/load/load.hpp"

namespace load {

namespace {

using Stream = bench::Stream<asyncio::EventLoop>;

struct Counts {
  std::uint64_t asked = 0;
  std::uint64_t served = 0;
  std::uint64_t answered = 0;
  std::uint64_t changed = 0;
};

struct Connection {
  explicit Connection(asyncio::EventLoop& loop)
      : client(loop, sockets.read.get()), server(loop, sockets.write.get()) {}

  // TCP would need a wait here until old connections are forgotten.
  common::FdPair sockets = common::make_socket_pair();
  Stream client;
  Stream server;
};

asyncio::Coroutine<> serve(Stream& stream, Counts& counts, Alive) {
  bench::Message message{};
  while (co_await stream.read(message)) {
    ++counts.served;
    stream.write(message);
  }
}

asyncio::Coroutine<> ask(Stream& stream, std::size_t number,
                         std::size_t messages, Counts& counts, Alive) {
  for (std::size_t i = 0; i < messages; ++i) {
    bench::Message sent{};
    const std::array words{number, i};
    std::memcpy(sent.data(), words.data(), sizeof words);
    stream.write(sent);
    ++counts.asked;
    bench::Message got{};
    if (!co_await stream.read(got)) co_return;
    ++counts.answered;
    if (got != sent) ++counts.changed;
  }
}

}  // namespace

asyncio::Coroutine<> echo(Round& round) {
  asyncio::EventLoop& loop = round.loop;
  const std::size_t count = round.size.sockets / 2;
  const std::size_t messages = round.size.messages;
  Counts counts;
  std::deque<Connection> connections;
  std::vector<asyncio::Task<>> servers;
  std::vector<asyncio::Task<>> clients;
  for (std::size_t i = 0; i < count; ++i) {
    Connection& connection = connections.emplace_back(loop);
    servers.push_back(loop.create_task(serve(connection.server, counts, {})));
    clients.push_back(
        loop.create_task(ask(connection.client, i, messages, counts, {})));
  }
  for (const auto& client : clients) co_await client;
  expect_equal("messages sent", count * messages, counts.asked);
  expect_equal("messages echoed", count * messages, counts.served);
  expect_equal("messages that came back", count * messages, counts.answered);
  expect_equal("messages that came back as others", 0, counts.changed);

  // The servers see the end of their streams.
  for (const auto& connection : connections) {
    if (::shutdown(connection.sockets.read.get(), SHUT_WR) < 0) {
      common::throw_errno("shutdown()");
    }
  }
  for (const auto& server : servers) co_await server;
  round.operations += count * messages;
}

}  // namespace load
