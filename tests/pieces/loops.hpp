// The loops of all chapters. Every later loop keeps chapter 2's promises:
//
//   TEST_CASE("l01 callbacks run first in, first out") {
//     loops::Bench bench(GENERATE(from_range(loops::all())));
//     INFO(bench.kind.name);
//
// runs once for each of them. For what a later chapter's loops promise:
//
//   TEST_CASE("d01 the switch") {
//     const auto kind = GENERATE(from_range(loops::from<ch05::EventLoop>()));
//     INFO(kind.name);
//     const auto loop = kind.make(clock);
//
// Where a test needs the type of the loop there are lists for
// TEMPLATE_LIST_TEST_CASE, loops::From<ch05::EventLoop>; they take long to
// compile.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <concepts>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"
#include "tests/catch.hpp"

namespace loops {

// clang-format off: a line for each chapter, and a new chapter adds its own
using All = std::tuple<
    ch02::EventLoop,
    ch03::EventLoop,
    ch04::EventLoop,
    ch05::EventLoop,
    ch06::EventLoop,
    ch07::EventLoop,
    ch09::EventLoop,
    ch10::EventLoop,
    ch11::EventLoop,
    ch12::EventLoop
    >;
// clang-format on

template <class First, class List>
struct Tail;
template <class First, class... Rest>
struct Tail<First, std::tuple<First, Rest...>>
    : std::type_identity<std::tuple<First, Rest...>> {};
template <class First, class Other, class... Rest>
struct Tail<First, std::tuple<Other, Rest...>>
    : Tail<First, std::tuple<Rest...>> {};

// The loop of a chapter, and those of all later ones.
template <class First>
using From = typename Tail<First, All>::type;

// Calls the function for each loop of a list, with a std::type_identity of it.
template <class List, class Function>
void for_each(Function function) {
  [&]<class... Loops>(std::type_identity<std::tuple<Loops...>>) {
    (function(std::type_identity<Loops>()), ...);
  }(std::type_identity<List>());
}

// The two digits of its chapter.
template <class Loop>
std::string number() {
  return common::demangled(typeid(Loop).name()).substr(2, 2);
}

// Makes a loop of one chapter.
template <class Base>
struct Maker {
  std::string name;
  std::unique_ptr<Base> (*make)(common::Clock&);
};

// For Base's chapter, and for all later ones.
template <class Base>
std::vector<Maker<Base>> from() {
  std::vector<Maker<Base>> makers;
  for_each<From<Base>>([&makers]<class Loop>(std::type_identity<Loop>) {
    makers.push_back({"ch" + number<Loop>(),
                      [](common::Clock& clock) -> std::unique_ptr<Base> {
                        return std::make_unique<Loop>(clock);
                      }});
  });
  return makers;
}

using Timeout = ch01::Selector::Timeout;

// Watches the loop's seams during a test.
struct Watcher {
  std::vector<Timeout> timeouts;  // one for each iteration
  std::function<void(Timeout)> on_select;
  std::function<void(ch02::LoopObject&)> on_accept;
  std::function<void(ch02::LoopObject&)> on_run;
  std::function<void(const ch02::ExceptionContext&)> on_report;
  std::function<std::size_t()> scheduled;  // how many handles wait
};

template <class Loop>
class Watched final : public Loop {
 public:
  Watched(common::Clock& clock, std::unique_ptr<ch01::Selector> selector,
          Watcher& watcher)
      : Loop(clock, std::move(selector)), watcher_(watcher) {
    watcher_.scheduled = [this] { return this->Loop::scheduled().size(); };
  }

 protected:
  void accept(ch02::LoopObject& object) override {
    if (watcher_.on_accept) watcher_.on_accept(object);
    Loop::accept(object);
  }
  void run_handle(ch02::LoopObject& object) noexcept override {
    if (watcher_.on_run) watcher_.on_run(object);
    Loop::run_handle(object);
  }
  std::span<const ch01::ReadyKey> select(Timeout timeout) override {
    watcher_.timeouts.push_back(timeout);
    if (watcher_.on_select) watcher_.on_select(timeout);
    return Loop::select(timeout);
  }
  void default_exception_handler(
      const ch02::ExceptionContext& context) override {
    if (watcher_.on_report) watcher_.on_report(context);
    Loop::default_exception_handler(context);
  }

 private:
  Watcher& watcher_;
};

struct Kind {
  std::string name;
  bool debug;
  std::unique_ptr<ch02::EventLoop> (*make)(common::Clock&,
                                           std::unique_ptr<ch01::Selector>,
                                           Watcher&);
};

template <class Loop>
Kind kind(std::string name) {
  return {std::move(name), false,
          [](common::Clock& clock, std::unique_ptr<ch01::Selector> selector,
             Watcher& watcher) -> std::unique_ptr<ch02::EventLoop> {
            return std::make_unique<Watched<Loop>>(clock, std::move(selector),
                                                   watcher);
          }};
}

template <class Loop>
Kind debug_kind(std::string name) {
  return {std::move(name), true,
          [](common::Clock& clock, std::unique_ptr<ch01::Selector> selector,
             Watcher& watcher) -> std::unique_ptr<ch02::EventLoop> {
            auto loop = std::make_unique<Watched<Loop>>(
                clock, std::move(selector), watcher);
            loop->set_debug(true);
            return loop;
          }};
}

// Those from chapter 7 on once more in debug mode.
inline std::vector<Kind> all() {
  std::vector<Kind> kinds;
  for_each<All>([&kinds]<class Loop>(std::type_identity<Loop>) {
    const std::string name = "ch" + number<Loop>();
    kinds.push_back(kind<Loop>(name));
    if constexpr (std::derived_from<Loop, ch07::EventLoop>) {
      kinds.push_back(debug_kind<Loop>(name + " in debug mode"));
    }
  });
  return kinds;
}

// A loop on a virtual clock, or on the one given. It is closed at the end of
// the test, and its warnings about leftovers are not shown.
class Bench {
 public:
  explicit Bench(
      Kind which, common::Clock* other_clock = nullptr,
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector())
      : kind(std::move(which)) {
    ::unsetenv("ASYNCIO_DEBUG");
    loop_ = kind.make(other_clock ? *other_clock : clock, std::move(selector),
                      watcher);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() { reset(); }

  // Closes and destroys the loop.
  void reset() {
    if (loop_ && !loop_->is_closed()) loop_->close();
    loop_.reset();
  }

  ch02::EventLoop& loop() { return *loop_; }

  void run_once() {
    loop_->stop();
    loop_->run_forever();
  }

  // A callback that notes that it ran.
  auto note(std::string text) {
    return [this, text] { log.push_back(text); };
  }

  const Kind kind;
  common::VirtualClock clock;
  Watcher watcher;
  std::vector<std::string> log;

 private:
  const ch07::CatchWarnings quiet_{ch07::Record::yes};
  std::unique_ptr<ch02::EventLoop> loop_;
};

// Captures what is written to standard error while it lives.
class StandardError {
 public:
  StandardError() : file_(std::tmpfile()), saved_(::dup(STDERR_FILENO)) {
    if (!file_ || saved_ < 0) throw std::runtime_error("no temporary file");
    std::fflush(stderr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  ~StandardError() {
    put_back();
    std::fclose(file_);
  }

  std::string text() {
    put_back();
    std::string result;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      result += static_cast<char>(c);
    }
    return result;
  }

 private:
  void put_back() {
    std::fflush(stderr);
    if (saved_ < 0) return;
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
    saved_ = -1;
  }

  std::FILE* file_;
  int saved_;
};

// The task that runs, for one that wants to await itself.
template <class T = void>
ch03::Task<T> myself() {
  return ch03::Task<T>(ch03::Ref<ch03::TaskState<T>>(
      static_cast<ch03::TaskState<T>*>(ch03::current_task().get())));
}

// The text of the exception that function throws, which must be an Error.
template <class Error = std::runtime_error, class Function>
std::string refusal(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

// Gives the answers that a test sets, and never asks a kernel.
class FakeSelector final : public ch01::Selector {
 public:
  using Answer =
      std::function<std::vector<ch01::ReadyKey>(FakeSelector&, Timeout)>;

  explicit FakeSelector(Answer answer = nullptr) : answer_(std::move(answer)) {}

  std::span<const ch01::ReadyKey> select(Timeout timeout) override {
    if (!answer_) return {};
    ready_ = answer_(*this, timeout);
    return ready_;
  }
  ch01::ReadyKey ready(int fd, ch01::EventMask events) const {
    return {&get_key(fd), events};
  }
  std::string_view name() const override { return "FakeSelector"; }
  int fileno() const override { return -1; }

 private:
  void add(int, ch01::EventMask) override {}
  void change(int, ch01::EventMask, ch01::EventMask) override {}
  void remove(int, ch01::EventMask) override {}
  void check_open() const override {}

  Answer answer_;
  std::vector<ch01::ReadyKey> ready_;
};

}  // namespace loops
