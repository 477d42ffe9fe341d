// The common parts of chapter 3's tests, which run on the loops of chapter 3
// and of all later ones.
//
//   TEST_CASE("t01 tasks start in the order of creation") {
//     Bench bench(GENERATE(from_range(kinds())));
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/loops.hpp"

namespace tasks {

using namespace std::chrono_literals;
using ch03::CancelledError;
using ch03::Change;
using ch03::Coroutine;
using ch03::create_task;
using ch03::ensure_future;
using ch03::EventLoop;
using ch03::Future;
using ch03::FutureBase;
using ch03::gather;
using ch03::internal;
using ch03::InvalidStateError;
using ch03::named;
using ch03::shield;
using ch03::sleep;
using ch03::Task;
using ch03::TaskBase;
using ch03::TimeoutError;
using ch03::wait_for;
using Log = std::vector<std::string>;

// Listens at the seams of a loop.
struct Watcher {
  int iterations = 0;
  int handles = 0;  // how many ran; a step of a task is one
  std::function<void(FutureBase&, Change)> on_change;
  std::function<void()> on_check_thread;
};

template <class Loop>
class Watched final : public Loop {
 public:
  Watched(common::Clock& clock, Watcher& watcher)
      : Loop(clock), watcher_(watcher) {}

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    ++watcher_.iterations;
    return Loop::select(timeout);
  }
  void run_handle(ch02::LoopObject& object) noexcept override {
    ++watcher_.handles;
    Loop::run_handle(object);
  }
  void check_thread() const override {
    if (watcher_.on_check_thread) watcher_.on_check_thread();
    Loop::check_thread();
  }
  void changing(FutureBase& future, Change change) noexcept override {
    if (watcher_.on_change) watcher_.on_change(future, change);
    Loop::changing(future, change);
  }

 private:
  Watcher& watcher_;
};

struct Kind {
  std::string name;
  std::unique_ptr<EventLoop> (*make)(common::Clock&, Watcher&);
};

template <class Loop, bool debug = false>
std::unique_ptr<EventLoop> make_loop(common::Clock& clock, Watcher& watcher) {
  auto loop = std::make_unique<Watched<Loop>>(clock, watcher);
  if constexpr (debug) loop->set_debug(true);
  return loop;
}

inline std::vector<Kind> kinds() {
  std::vector<Kind> kinds;
  loops::for_each<loops::From<ch03::EventLoop>>(
      [&kinds]<class Loop>(std::type_identity<Loop>) {
        const std::string name = "chapter " + loops::number<Loop>();
        kinds.push_back({name, make_loop<Loop>});
        if constexpr (std::derived_from<Loop, ch07::EventLoop>) {
          kinds.push_back({name + ", debugging", make_loop<Loop, true>});
        }
      });
  return kinds;
}

// A loop on a virtual clock. Its reports are kept instead of printed; the
// warnings about objects that a test leaves behind on purpose are not shown.
class Bench {
 public:
  explicit Bench(const Kind& kind)
      : info_(Catch::MessageBuilder("loop", CATCH_INTERNAL_LINEINFO,
                                    Catch::ResultWas::Info)
              << "the loop of " << kind.name) {
    ::unsetenv("ASYNCIO_DEBUG");
    open(kind);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    watcher.on_change = nullptr;
    watcher.on_check_thread = nullptr;
  }

  EventLoop& loop() { return *loop_; }
  // Does its loop report exceptions that were never retrieved?
  bool reports_losses() const {
    return dynamic_cast<const ch07::EventLoop*>(loop_.get()) != nullptr;
  }
  // One more loop of the same kind.
  std::unique_ptr<EventLoop> other_loop() { return kind_.make(clock, watcher); }
  void destroy_loop() { loop_.reset(); }

  void run_once() {
    loop_->stop();
    loop_->run_forever();
  }
  // Runs the loop until that many iterations have passed: nothing else is due.
  void run_iterations(int count) {
    for (int i = 0; i < count; ++i) run_once();
  }
  template <class T>
  T run(Coroutine<T> main) {
    return loop_->run_until_complete(std::move(main));
  }

  void note(std::string text) { log.push_back(std::move(text)); }

  common::VirtualClock clock;
  Watcher watcher;
  Log log;      // the notes of the test
  Log reports;  // the messages to the loop's exception handler

 private:
  void open(const Kind& kind) {
    kind_ = kind;
    loop_ = kind.make(clock, watcher);
    loop_->set_exception_handler([this](ch02::EventLoop&,
                                        const ch02::ExceptionContext& context) {
      std::string text = ch02::exception_report(context, common::Detail::brief);
      if (context.exception) {
        text += "\n" + common::describe(context.exception);
      }
      reports.push_back(std::move(text));
    });
  }

  const Catch::ScopedMessage info_;
  const ch07::CatchWarnings quiet_{ch07::Record::yes};
  Kind kind_;
  std::unique_ptr<EventLoop> loop_;
};

// "FILE:LINE" of the line above the call, or below it.
inline std::string line_above(
    std::source_location where = std::source_location::current()) {
  return std::string(common::file_name(where)) + ":" +
         std::to_string(where.line() - 1);
}
inline std::string line_below(
    std::source_location where = std::source_location::current()) {
  return std::string(common::file_name(where)) + ":" +
         std::to_string(where.line() + 1);
}

// The error that a call throws, as "type: text"; "nothing" otherwise.
template <class Function>
std::string thrown_by(Function function) {
  try {
    static_cast<void>(function());
  } catch (const CancelledError& error) {
    return "CancelledError(" +
           (error.message() ? "'" + *error.message() + "'" : "") + ")";
  } catch (const InvalidStateError& error) {
    return std::string("InvalidStateError: ") + error.what();
  } catch (const TimeoutError&) {
    return "TimeoutError";
  } catch (...) {
    return common::describe(std::current_exception());
  }
  return "nothing";
}

// How often this program has allocated memory.
std::size_t allocations();
// How often it has freed some.
std::size_t releases();

// Counts the objects of its kind that are alive, as captures of frames.
class Counted {
 public:
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
  static inline int alive = 0;
};

// Runs a function when it is destroyed: the local of a frame.
template <class Function>
class [[nodiscard]] AtEnd {
 public:
  explicit AtEnd(Function function) : function_(std::move(function)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { function_(); }

 private:
  Function function_;
};

}  // namespace tasks
