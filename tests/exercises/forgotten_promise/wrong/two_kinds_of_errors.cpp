// Knows two kinds of exceptions, and forgets the promise when another one
// comes.

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"

#include <exception>

namespace exercises {

ch12::Coroutine<std::string> Cache::get(std::string key) {
  const auto found = values_.find(key);
  if (found != values_.end())
    co_return co_await ch12::shield(ch12::Future(found->second));
  const auto promise = loop_.create_future<std::string>();
  values_[key] = promise;
  try {
    promise.set_result(co_await load_(key));
  } catch (const std::exception&) {
    values_.erase(key);
    promise.set_exception(std::current_exception());
    promise.base()->ignore_exception();
    throw;
  } catch (const ch12::CancelledError&) {
    values_.erase(key);
    promise.cancel();
    throw;
  }
  co_return promise.result();
}

}  // namespace exercises
