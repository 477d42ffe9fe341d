// Exercise forgotten_promise (chapter 12), solved.
//
// Whoever makes a promise has to keep it on every path that leaves the
// function. There are three here: a value, an error, and a cancellation, which
// is no std::exception. So one catch (...) takes the last two, and hands on
// what it caught. The promise is taken out of the map first: whoever asks from
// now on loads anew.
//
// If nobody waits, nobody will ever look at the promise's error, and the loop
// would report that. But the error is not lost: the first one throws it. So the
// report is turned off.
//
// shield() is for those who wait: a cancellation of one of them would go on to
// the promise, and take it away from all.
//
// Another way: an object that makes the promise and whose destructor sets an
// error if nothing else has. It cannot be forgotten on a path that somebody
// adds later, and it is also right when the frame is destroyed.

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"

namespace exercises {

ch12::Coroutine<std::string> Cache::get(std::string key) {
  const auto found = values_.find(key);
  if (found != values_.end())
    co_return co_await ch12::shield(ch12::Future(found->second));
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
