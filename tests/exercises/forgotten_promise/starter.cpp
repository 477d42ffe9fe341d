// Exercise forgotten_promise (chapter 12): some of those who ask wait for ever.
//
//   ./workbook check forgotten_promise    judges this file
//   ./workbook hint forgotten_promise     says a little more, each time
//
// In use:
//
//   exercises::Cache cache(loop, [](std::string key) { return fetch(key); });
//   const std::string menu = co_await cache.get("menu");
//
// Most of the time this file works. When fetch() fails, the loop has to say
// something about those who are left.

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"

namespace exercises {

ch12::Coroutine<std::string> Cache::get(std::string key) {
  // TODO: find the future that nobody else holds, and the path on which it is
  // forgotten. Repair that path, so that check says 4 of 4 points.
  const auto found = values_.find(key);
  if (found != values_.end())
    co_return co_await ch12::shield(ch12::Future(found->second));
  const auto promise = loop_.create_future<std::string>();
  values_[key] = promise;
  try {
    promise.set_result(co_await load_(key));
  } catch (const std::exception&) {
    values_.erase(key);
    throw;
  }
  co_return promise.result();
}

}  // namespace exercises
