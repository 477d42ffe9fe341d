// Who runs next? Callbacks, timers and file descriptors in one queue.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "chapters/01_selector/selector.hpp"
#include "chapters/02_event_loop/exception_context.hpp"
#include "chapters/02_event_loop/handle.hpp"
#include "chapters/02_event_loop/post.hpp"
#include "chapters/02_event_loop/timer_heap.hpp"
#include "common/clock.hpp"
#include "common/unique_fd.hpp"

namespace ch02 {

// A callback takes nothing and returns nothing. A lambda that returns a
// coroutine is not one, because the coroutine would never be awaited.
template <class F>
concept CallbackFunction =
    std::invocable<F&> && std::is_void_v<std::invoke_result_t<F&>>;

// asyncio: base_events.BaseEventLoop with selector_events.
//
// Every method except call_soon_threadsafe belongs to the thread that runs the
// loop. Methods that schedule throw std::runtime_error "Event loop is closed"
// on a closed loop; an empty std::function is refused with
// std::invalid_argument.
class EventLoop {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  using Place = std::source_location;
  using ExceptionHandler =
      std::function<void(EventLoop&, const ExceptionContext&)>;

  // Throws std::system_error when the machine has no descriptors left.
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current());
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  virtual ~EventLoop();

  // #region call_soon
  // Runs the callback in the next iteration, after those that came earlier.
  template <CallbackFunction F>
  common::Ref<Handle> call_soon(F callback, Place where = Place::current()) {
    check_callback(callback, "call_soon");
    return soon(make_handle<Handle>(std::move(callback), *this, where));
  }
  // #endregion call_soon
  // Runs it when time() has reached `when`, or in the next iteration if that is
  // past. Equal deadlines run in the order of creation.
  template <CallbackFunction F>
  common::Ref<TimerHandle> call_at(common::Duration when, F callback,
                                   Place where = Place::current()) {
    check_callback(callback, "call_at");
    return at(
        make_handle<TimerHandle>(std::move(callback), *this, where, when));
  }
  // The same, with the delay counted from now.
  template <CallbackFunction F>
  common::Ref<TimerHandle> call_later(common::Duration delay, F callback,
                                      Place where = Place::current()) {
    return call_at(common::saturated_sum(time(), delay), std::move(callback),
                   where);
  }
  // For other threads: queues the callback and wakes the loop. The callback may
  // be destroyed on either thread. No handle is returned, because a cancel from
  // outside would race with the run.  Throws std::system_error if the loop
  // cannot be woken; the callback is queued all the same.
  template <CallbackFunction F>
  void call_soon_threadsafe(F callback, Place where = Place::current()) {
    check_callback(callback, "call_soon_threadsafe");
    if (runs_here()) {
      soon(make_handle<Handle>(std::move(callback), *this, where));
    } else {
      post(std::move(callback), where);
    }
  }

  // Runs the callback in each iteration in which fd is ready. A second reader
  // replaces the first. The fd stays the caller's: call remove_reader() before
  // you close it.  Throw as Selector::register_fd.
  template <CallbackFunction F>
  void add_reader(int fd, F callback, Place where = Place::current()) {
    check_callback(callback, "add_reader");
    watch(fd, ch01::EVENT_READ,
          make_handle<Handle>(std::move(callback), *this, where));
  }
  template <CallbackFunction F>
  void add_writer(int fd, F callback, Place where = Place::current()) {
    check_callback(callback, "add_writer");
    watch(fd, ch01::EVENT_WRITE,
          make_handle<Handle>(std::move(callback), *this, where));
  }
  bool remove_reader(int fd);  // Was there one?
  bool remove_writer(int fd);

  // Runs iterations until stop(). Throws std::runtime_error if this loop or
  // another one of this thread runs already.
  virtual void run_forever();
  // Ends run_forever after the current (or the next) iteration.
  void stop() { stopping_ = true; }
  // Drops all that is scheduled and closes the selector; a second call is
  // harmless. Throws std::runtime_error while the loop runs.
  virtual void close();

  nanoseconds time() const { return clock_->now(); }
  common::Clock& clock() const { return *clock_; }
  const ch01::Selector& selector() const { return *selector_; }
  bool is_running() const { return running_; }
  bool is_closed() const { return shared_.closed; }
  const Place& created_at() const { return where_; }
  // <EventLoop running=False closed=False debug=False>
  std::string repr() const;
  // How much the texts about this loop's objects say.
  common::Detail detail() const {
    return detail_.load(std::memory_order_relaxed);
  }

  // Reports an error that nothing else handles; never throws. Any thread may
  // call it, if the handler is ready for that.
  void call_exception_handler(const ExceptionContext& context) noexcept;
  // {{"message", "x"}}, which is a dictionary in Python, would make one text
  // out of two pointers. The compiler prints the text.
  using Dict =
      std::initializer_list<std::pair<std::string_view, std::string_view>>;
  template <class T = Dict>
  void call_exception_handler(Dict) {
    static_assert(!std::is_same_v<T, Dict>,
                  "a context is a struct: write {.message = \"x\"}");
  }
  // The same with the context that `make` returns. There may be no memory for
  // one.
  template <std::invocable MakeContext>
  void report_with(MakeContext make) noexcept {
    try {
      call_exception_handler(make());
    } catch (...) {
      report_lost(std::current_exception());
    }
  }
  // The handler is called instead of writing a report, as handler(loop,
  // context); an empty function restores the default. A handler that takes a
  // chapter's own class of loop gets it.  Throws std::runtime_error if this
  // loop is of another class.
  template <class Handler>
  void set_exception_handler(Handler handler) {
    if constexpr (std::is_constructible_v<ExceptionHandler, Handler>) {
      change_handler(ExceptionHandler(std::move(handler)));
    } else {
      static_assert(
          requires { for_own_loop(std::function(handler)); },
          "an exception handler takes (asyncio::EventLoop& loop, "
          "const asyncio::ExceptionContext& context)");
      change_handler(for_own_loop(std::function(std::move(handler))));
    }
  }
  const ExceptionHandler& get_exception_handler() const {
    return exception_handler_;
  }

 protected:
  // The seams: four moments through which everything passes. This is where a
  // later layer adds something to the loop.

  // #region four_seams
  // The object is about to enter the ready queue, the timer heap or the
  // selector. Throw to refuse it; nothing has changed yet.
  virtual void accept(LoopObject&) {}
  // Its turn has come.
  virtual void run_handle(LoopObject& object) noexcept {
    // An earlier layer may have cancelled it a moment ago.
    if (!object.cancelled_) object.run();
  }
  // Nothing is left to run: wait for file descriptors.
  virtual std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout);
  // An error reached the loop: by default, write it to standard error.
  virtual void default_exception_handler(const ExceptionContext& context);
  // #endregion four_seams
  // There is also a question, asked before a change that no handle announces:
  // may this thread make it? Throw to refuse.
  virtual void check_thread() const {}

  void drop_everything();  // close(), without checks or messages
  void check_closed() const;
  bool in_other_thread() const;  // The loop runs, and not on this thread.
  bool runs_here() const;        // It runs on this thread.
  void set_detail(common::Detail detail) {
    detail_.store(detail, std::memory_order_relaxed);
  }
  void take_posts();  // Moves them into the ready queue.
  bool any_posts() const { return shared_.any_posts; }
  // A byte written to it ends the wait in select(), also from a signal handler.
  int wake_up_fd() const { return wake_pipe_.write.get(); }

  // Everything that waits and was not cancelled: the ready queue in order, the
  // timers by deadline, readers and writers by descriptor. Posts that have not
  // been taken yet are not included.
  struct Scheduled {
    enum class Kind { ready, timer, reader, writer } kind;
    const LoopObject* object;
    int fd = -1;
  };
  std::vector<Scheduled> scheduled() const;
  // How many timers wait and were not cancelled.
  std::size_t pending_timers() const {
    return timers_.size() - timers_.cancelled();
  }

 public:
  // For the classes that are built on LoopObject: the object itself takes a
  // place in the ready queue, which holds a reference meanwhile.
  void schedule(LoopObject& object);
  // The same where no caller could catch a refusal: it is reported, and the
  // other objects still have their turn.
  void schedule_or_report(LoopObject& object) noexcept;

 private:
  friend class Handle;
  friend class LiveLoops;
  struct Watch {
    common::Ref<Handle> reader;
    common::Ref<Handle> writer;
  };
  class RunningScope;
  // The memory for so many posts is kept; that of a larger burst is freed.
  static constexpr std::size_t kMostSparePosts = 4096;

  common::Ref<Handle> soon(common::Ref<Handle> handle);
  common::Ref<TimerHandle> at(common::Ref<TimerHandle> handle);
  // #region post
  template <class F>
  void post(F callback, Place where) {
    bool sleeps = false;
    {
      const std::lock_guard lock(shared_.mutex);
      check_closed();
      shared_.posts.emplace_back(std::move(callback), where);
      shared_.any_posts = true;
      sleeps = !shared_.wake_up_sent;
      shared_.wake_up_sent = true;
    }
    if (sleeps) wake_up();
  }
  // #endregion post
  void watch(int fd, ch01::EventMask event, common::Ref<Handle> handle);
  bool unwatch(int fd, ch01::EventMask event);
  template <class Loop>
  ExceptionHandler for_own_loop(
      std::function<void(Loop&, const ExceptionContext&)> handler);
  void change_handler(ExceptionHandler handler);
  void report_refusal(LoopObject* object) noexcept;

  void run_once();
  ch01::Selector::Timeout timeout() const;
  std::vector<Post> open_inbox();
  void keep_memory(std::vector<Post>&& posts);
  // The post as a handle; or null, after a report, if it is refused.
  common::Ref<Handle> receive(Post& post) noexcept;
  void process_events(std::span<const ch01::ReadyKey> events);
  void wake_up();
  static void report_lost(const std::exception_ptr& error) noexcept;

  common::ClockRef clock_;
  std::unique_ptr<ch01::Selector> selector_;
  Place where_;
  ObjectQueue ready_;
  TimerHeap timers_;
  std::vector<common::Ref<Handle>> due_;  // for process_events()
  std::vector<Post> spare_posts_;         // empty, kept for its memory
  common::FdPair wake_pipe_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::thread::id> thread_;  // runs the loop, or made it
  std::atomic<bool> running_ = false;
  std::atomic<common::Detail> detail_ = common::Detail::brief;
  ExceptionHandler exception_handler_;

  // The state that other threads touch when they post.
  //
  // For a second reading: alignas(64) gives it cache lines that it shares with
  // nothing else. The loop writes its queues all the time, and on a shared line
  // the cores would wait for each other.
  struct alignas(64) Shared {
    std::mutex mutex;
    // The mutex guards these two.
    std::vector<Post> posts;
    bool wake_up_sent = false;
    // Written under the mutex, and read without it.
    std::atomic<bool> any_posts = false;
    std::atomic<bool> closed = false;
  } shared_;
};

// The loop that runs on this thread.  Throws std::runtime_error "no running
// event loop".  asyncio: events.get_running_loop
EventLoop& get_running_loop();
EventLoop* get_running_loop_or_null() noexcept;  // events._get_running_loop

// The running loop, else the one set for this thread. Python once made a loop
// when there was none; like Python 3.14, we throw std::runtime_error.
EventLoop& get_event_loop();
// The loop still belongs to the caller. nullptr: no loop.
void set_event_loop(EventLoop* loop);

// The same for a chapter's own class of loop.
template <class Loop>
Loop& loop_as(EventLoop& loop) {
  if (auto* const wanted = dynamic_cast<Loop*>(&loop)) return *wanted;
  throw std::runtime_error(
      "the event loop of this thread is not one of this chapter");
}

template <class Loop>
EventLoop::ExceptionHandler EventLoop::for_own_loop(
    std::function<void(Loop&, const ExceptionContext&)> handler) {
  loop_as<Loop>(*this);
  return [handler = std::move(handler)](EventLoop& loop,
                                        const ExceptionContext& context) {
    handler(static_cast<Loop&>(loop), context);
  };
}

}  // namespace ch02
