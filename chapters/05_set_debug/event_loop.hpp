// The loop of chapter 4, with a memory for places and threads.
#pragma once

#include <memory>
#include <optional>
#include <source_location>
#include <utility>

#include "chapters/04_logging/event_loop.hpp"
#include "common/switch.hpp"

namespace ch05 {

using namespace ch04;

class EventLoop : public ch04::EventLoop {
 public:
  // Debug mode starts as the environment variable ASYNCIO_DEBUG says: 1 turns
  // it on; 0, an empty value or no variable leaves it off.  Throws
  // std::invalid_argument for anything else. (In Python PYTHONASYNCIODEBUG=0
  // turns it on.)
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current());

  // In debug mode texts say where things were created, and calls from a thread
  // that does not run the loop throw std::runtime_error before they change
  // anything.  asyncio: BaseEventLoop.set_debug, get_debug
  void set_debug(common::Switch enabled);
  bool debug() const { return detail() == common::Detail::full; }

  void close() override;

 protected:
  // These two are here, and not in the .cpp, so that the next chapter's loop
  // can inline them: with debug mode off they must cost nothing.
  // #region seams
  void accept(LoopObject& object) override {
    if (debug()) check_thread();
    ch04::EventLoop::accept(object);
  }
  void run_handle(LoopObject& object) noexcept override {
    if (!debug()) return ch04::EventLoop::run_handle(object);
    current_handle_ = &object;
    ch04::EventLoop::run_handle(object);
    current_handle_ = nullptr;
  }
  // #endregion seams
  void check_thread() const override;
  void default_exception_handler(const ExceptionContext& context) override;

 private:
  const LoopObject* current_handle_ = nullptr;  // the one that runs now
};

// The options of asyncio.run().
struct RunOptions {
  // By default, as the environment says.
  std::optional<common::Switch> debug = {};
  common::Clock* clock = nullptr;  // nullptr: the system's clock
};

template <class Loop, class T>
T run_debug(Coroutine<T> main, const RunOptions& options,
            std::source_location where) {
  return ch03::run_on<Loop>(std::move(main), ch03::clock_of(options), where,
                            [&options](Loop& loop) {
                              if (options.debug) {
                                loop.set_debug(*options.debug);
                              }
                            });
}
template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch05::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch05
