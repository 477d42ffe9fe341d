// Those who wait look every 100 ms whether something has happened.

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"

namespace exercises {

ch12::Coroutine<std::string> Cache::get(std::string key) {
  const auto found = values_.find(key);
  if (found != values_.end()) {
    const auto promise = found->second;
    while (!promise.done()) {
      co_await ch12::sleep(std::chrono::milliseconds(100));
      if (!promise.done() && !values_.contains(key))
        co_return co_await get(key);
    }
    co_return promise.result();
  }
  const auto promise = loop_.create_future<std::string>();
  values_[key] = promise;
  try {
    promise.set_result(co_await load_(key));
  } catch (...) {
    values_.erase(key);
    throw;
  }
  co_return promise.result();
}

}  // namespace exercises
