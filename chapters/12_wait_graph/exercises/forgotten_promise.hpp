// The forgotten promise: a cache in which some wait for nobody.
// This file is the contract: do not edit it. Yours is forgotten_promise.cpp.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "chapters/12_wait_graph/event_loop.hpp"

namespace exercises {

// Loads values by their keys, and keeps them.
class Cache {
 public:
  using Load = std::function<ch12::Coroutine<std::string>(std::string)>;

  Cache(ch12::EventLoop& loop, Load load)
      : loop_(loop), load_(std::move(load)) {}

  // The value of the key. Any number of tasks may ask.
  //
  // * The first who asks loads it, in its own task. All others who ask for the
  //   key meanwhile wait, and get the same value. Later ones get it at once.
  // * If the loading fails, by any exception, also when load_ itself throws it,
  //   the error goes to the first one, and to all who wait. Nothing is kept:
  //   the next who asks loads anew.
  // * If the first one is cancelled while it loads, that counts as a failure:
  //   the others end with CancelledError too. One who waits may be cancelled,
  //   and disturbs nobody.
  // * Nobody waits any longer than the loading takes, and there is no timer.
  //   The log stays empty, also if nobody but the first one waits.
  ch12::Coroutine<std::string> get(std::string key);

 private:
  ch12::EventLoop& loop_;
  Load load_;
  std::map<std::string, ch12::Future<std::string>> values_;  // or promises
};

}  // namespace exercises
