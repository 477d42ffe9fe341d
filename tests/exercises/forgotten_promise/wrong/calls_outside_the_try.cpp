// The promise is in the map before load_() is called, and that call is outside
// the try: if it throws, the promise is forgotten.

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"

#include <exception>

namespace exercises {

ch12::Coroutine<std::string> Cache::get(std::string key) {
  const auto found = values_.find(key);
  if (found != values_.end()) {
    co_return co_await ch12::shield(ch12::Future(found->second));
  }
  const auto promise = loop_.create_future<std::string>();
  values_[key] = promise;
  auto loading = load_(key);
  try {
    promise.set_result(co_await std::move(loading));
  } catch (const ch12::CancelledError&) {
    values_.erase(key);
    promise.cancel();
    throw;
  } catch (...) {
    values_.erase(key);
    promise.set_exception(std::current_exception());
    promise.base()->ignore_exception();  // perhaps nobody waits
    throw;
  }
  co_return promise.result();
}

}  // namespace exercises
