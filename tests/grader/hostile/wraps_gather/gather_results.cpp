// Right, by calling the chapter's own gather().
#include <utility>

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"
#include "chapters/03_coroutine_task/gather.hpp"

namespace exercises {

namespace {

// gather() reads all errors: it gets a future of ours for each, and of these
// only one has an error.
struct Copies {
  explicit Copies(std::vector<ch03::Future<std::string>> originals)
      : futures(std::move(originals)) {
    for (const auto& future : futures) {
      auto& copy = copies.emplace_back(
          ch03::get_running_loop().create_future<std::string>());
      handles.push_back(future.add_done_callback(
          [this, copy](const ch03::Future<std::string>& done) {
            if (copy.done() || failed) return;
            failed = done.cancelled() || done.exception();
            if (done.cancelled()) {
              copy.cancel();
            } else if (failed) {
              copy.set_exception(done.exception());
            } else {
              copy.set_result(done.result());
            }
          }));
    }
  }
  ~Copies() {
    for (std::size_t i = 0; i < handles.size(); ++i) {
      futures[i].remove_done_callback(handles[i]);
      handles[i]->cancel();
      copies[i].cancel();
    }
  }
  std::vector<ch03::Future<std::string>> futures;
  std::vector<ch03::Future<std::string>> copies = {};
  std::vector<ch03::Ref<ch03::Handle>> handles = {};
  bool failed = false;
};

}  // namespace

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  const Copies all(std::move(futures));
  try {
    co_return co_await ch03::gather(all.copies);
  } catch (const ch03::CancelledError&) {
    for (std::size_t i = 0; i < all.futures.size(); ++i) {
      if (all.copies[i].cancelled()) all.futures[i].cancel();
    }
    throw;
  }
}

}  // namespace exercises
