// Whoever waits and gets an error takes the promise out of the map. By then it
// may be another one: somebody has asked anew.

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"

namespace exercises {

ch12::Coroutine<std::string> Cache::get(std::string key) {
  const auto found = values_.find(key);
  if (found != values_.end()) {
    try {
      co_return co_await ch12::shield(ch12::Future(found->second));
    } catch (const std::exception&) {
      values_.erase(key);  // nothing is kept
      throw;
    }
  }
  const auto promise = loop_.create_future<std::string>();
  values_[key] = promise;
  try {
    promise.set_result(co_await load_(key));
  } catch (...) {
    values_.erase(key);
    promise.set_exception(std::current_exception());
    promise.base()->ignore_exception();
    throw;
  }
  co_return promise.result();
}

}  // namespace exercises
