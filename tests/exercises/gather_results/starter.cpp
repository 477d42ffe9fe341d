// Exercise gather_results (chapter 3): wait for many futures at once.
//
//   ./workbook check gather_results    judges this file
//   ./workbook hint gather_results     says a little more, each time
//
// In use:
//
//   const auto bread = loop.create_future<std::string>();
//   const auto soup = loop.create_future<std::string>();
//   ... somebody calls soup.set_result("soup"), and later does it for bread
//   const std::vector ordered{bread, soup};
//   const auto dishes = co_await exercises::gather_results(ordered);
//   ... {"bread", "soup"}

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"

namespace exercises {

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  std::vector<std::string> results;
  results.reserve(futures.size());
  // TODO: give each future a done callback (add_done_callback), await a future
  // of your own until they have said enough, and collect the results. Then the
  // first case says that the dishes came in the order of the arguments.
  co_return results;
}

}  // namespace exercises
