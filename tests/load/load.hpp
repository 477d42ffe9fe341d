// The common parts of the scenarios: each is a coroutine that loads a loop,
// counts what it put in and what came out, and throws a Failure when these
// differ.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "chapters/07_resource_warning/event_loop.hpp"

namespace load {

namespace asyncio = ch07;

// Something was lost, was left over or has grown. The text says what.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws a Failure: "tasks woken: expected 50000, got 49999".
void expect_equal(std::string_view what, std::uint64_t expected,
                  std::uint64_t got);

// How much a scenario does in a round.
struct Size {
  std::size_t tasks = 0;
  std::size_t timers = 0;
  std::size_t sockets = 0;       // both ends counted
  std::size_t messages = 0;      // on each connection
  std::size_t posts = 0;         // of each thread
  std::size_t post_threads = 0;  // that post at the same time
};

// Counts its own copies. One lives in each coroutine frame and each callback,
// so that none of them can stay behind unseen, on any thread.
class Alive {
 public:
  Alive() { ++count_; }
  Alive(const Alive&) : Alive() {}
  Alive& operator=(const Alive&) = default;
  ~Alive() { --count_; }
  static std::size_t count() { return count_; }

 private:
  static inline std::atomic<std::size_t> count_ = 0;
};

// Each adds to operations what it did; in the meantime the loop may do anything
// else.
struct Round {
  asyncio::EventLoop& loop;
  Size size;
  std::uint64_t operations = 0;
};
asyncio::Coroutine<> tasks(Round& round);
asyncio::Coroutine<> timers(Round& round);
asyncio::Coroutine<> echo(Round& round);
asyncio::Coroutine<> posts(Round& round);

// Closes the round's loop in the middle of everything: while tasks wait, timers
// run and threads post.
void close_in_the_middle(Round& round);

}  // namespace load
