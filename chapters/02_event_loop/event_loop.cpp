#include "chapters/02_event_loop/event_loop.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>

#include "common/output.hpp"
#include "common/place.hpp"

namespace ch02 {

using common::Ref;
using std::chrono::nanoseconds;

namespace {

thread_local EventLoop* running_loop = nullptr;

// Which loop set_event_loop() was given. Another thread may have destroyed it
// since, and another loop may be in its place: the number tells.
struct Registration {
  EventLoop* loop = nullptr;
  std::uint64_t number = 0;
};
thread_local Registration current_loop;

// The loops that exist, and their numbers. What outlives its loop asks here
// before it touches it. Never destroyed: static objects may outlive it, too.
struct LiveLoops {
  std::mutex mutex;
  std::uint64_t last_number = 0;
  std::map<const EventLoop*, std::uint64_t> numbers;

  static LiveLoops& instance() {
    static auto* const all = new LiveLoops;
    return *all;
  }

 private:
  LiveLoops() {
    // The child of a fork() has one thread, and no loop runs in it.
    // asyncio: events.on_fork
    ::pthread_atfork([] { instance().mutex.lock(); },
                     [] { instance().mutex.unlock(); },
                     [] {
                       instance().mutex.unlock();
                       running_loop = nullptr;
                       current_loop = {};
                     });
  }
};

void print_report(std::string_view report,
                  const std::exception_ptr& exception) noexcept {
  // If this fails nothing is left to tell it to, and no reason to end a
  // program.
  try {
    std::string text = std::string(report) + "\n";
    if (exception) text += common::describe(exception) + "\n";
    common::write_error(text);
  } catch (...) {
    common::write_error(report);
    common::write_error("\n(no memory for more)\n");
  }
}

}  // namespace

EventLoop::EventLoop(common::Clock& clock,
                     std::unique_ptr<ch01::Selector> selector, Place where)
    : clock_(clock),
      selector_(selector ? std::move(selector) : ch01::default_selector()),
      where_(where),
      wake_pipe_(common::make_pipe()),
      thread_(std::this_thread::get_id()) {
  selector_->register_fd(wake_pipe_.read.get(), ch01::EVENT_READ);
  LiveLoops& live = LiveLoops::instance();
  const std::lock_guard lock(live.mutex);
  live.numbers.emplace(this, ++live.last_number);
}

EventLoop::~EventLoop() {
  drop_everything();
  // A thread may have posted while the loop was being closed.
  drop_posted();
  LiveLoops& live = LiveLoops::instance();
  const std::lock_guard lock(live.mutex);
  live.numbers.erase(this);
}

std::optional<common::Detail> EventLoop::detail_of(const EventLoop* loop) {
  LiveLoops& live = LiveLoops::instance();
  const std::lock_guard lock(live.mutex);
  if (!live.numbers.contains(loop)) return std::nullopt;
  return loop->detail_;
}

// #region soon
Ref<Handle> EventLoop::soon(Ref<Handle> handle) {
  schedule(*handle);
  return handle;
}

// #region schedule
void EventLoop::schedule(LoopObject& object) {
  check_closed();
  accept(object);
  if (object.queued_) return;  // it will have its turn
  // First come, first served, wherever they come from.
  if (shared_.posted.load(std::memory_order_relaxed)) take_posted();
  ready_.push_back(Ref(&object));
}
// #endregion schedule

Ref<TimerHandle> EventLoop::at(Ref<TimerHandle> timer) {
  check_closed();
  accept(*timer);
  timers_.push(timer);
  return timer;
}
// #endregion soon

void EventLoop::schedule_or_report(LoopObject& object) noexcept {
  try {
    schedule(object);
  } catch (...) {
    report_refusal(object);
  }
}

void EventLoop::report_refusal(LoopObject& object) noexcept {
  report_with([&object] {
    return ExceptionContext{
        .message = "A callback was refused by its event loop",
        .exception = std::current_exception(),
        .values = {{"handle", object}},
        .source = &object};
  });
}

// #region post
// #region post_one
void EventLoop::post(Ref<Handle> handle) {
  check_closed();
  if (running_loop == this) {
    schedule(*handle);
    return;
  }
  LoopObject* const object = handle.detach();
  object->next_ = shared_.posted.load(std::memory_order_relaxed);
  while (!shared_.posted.compare_exchange_weak(object->next_, object)) {
  }
  wake_up();
}
// #endregion post_one

void EventLoop::wake_up() {
  // One byte is enough, however many callbacks wait.
  if (shared_.wake_up_sent.load() || shared_.wake_up_sent.exchange(true)) {
    return;
  }
  const int fd = wake_pipe_.write.get();
  const char byte = 0;
  const common::NoSigpipe no_signal;  // an error, and no end of the program
  while (true) {
    const auto count = ::write(fd, &byte, 1);
    if (count == 1) return;
    if (count == 0 || errno == EINTR) continue;
    if (errno == EAGAIN) return;  // full: the loop will wake
    const int error = errno;
    shared_.wake_up_sent = false;
    errno = error;
    common::throw_errno("write(wake-up pipe, fd " + std::to_string(fd) + ")");
  }
}
// #endregion post

void EventLoop::take_posted() {
  LoopObject* newest =
      shared_.posted.exchange(nullptr, std::memory_order_acquire);
  LoopObject* oldest = nullptr;
  while (newest) {
    LoopObject* const next = newest->next_;
    newest->next_ = oldest;
    oldest = newest;
    newest = next;
  }
  while (oldest) {
    auto object = Ref<LoopObject>::adopt(oldest);
    oldest = oldest->next_;
    try {
      accept(*object);
    } catch (...) {
      report_refusal(*object);
      continue;
    }
    ready_.push_back(std::move(object));
  }
}

void EventLoop::drop_posted() noexcept {
  for (auto* object =
           shared_.posted.exchange(nullptr, std::memory_order_acquire);
       object;) {
    const auto dropped = Ref<LoopObject>::adopt(object);
    object = object->next_;
  }
}

// #region watch
void EventLoop::watch(int fd, ch01::EventMask event, Ref<Handle> handle) {
  check_closed();
  if (fd == wake_pipe_.read.get()) {
    throw std::invalid_argument("fd " + std::to_string(fd) +
                                " is the loop's own wake-up pipe");
  }
  accept(*handle);
  const auto& keys = *selector_->get_map();
  const auto key = keys.find(fd);
  Watch both;
  ch01::EventMask events = event;
  if (key != keys.end()) {
    both = std::any_cast<const Watch&>(key->second.data);
    events |= key->second.events;
  }
  auto& mine = event == ch01::EVENT_READ ? both.reader : both.writer;
  const Ref<Handle> replaced = std::exchange(mine, std::move(handle));
  if (key == keys.end()) {
    selector_->register_fd(fd, events, both);
  } else {
    selector_->modify(fd, events, both);
  }
  if (replaced) replaced->discard();
}

bool EventLoop::unwatch(int fd, ch01::EventMask event) {
  if (is_closed()) return false;
  check_thread();
  const auto& keys = *selector_->get_map();
  const auto key = keys.find(fd);
  if (key == keys.end() || (key->second.events & event) == 0 ||
      fd == wake_pipe_.read.get()) {
    return false;
  }
  Watch both = std::any_cast<const Watch&>(key->second.data);
  auto& mine = event == ch01::EVENT_READ ? both.reader : both.writer;
  const Ref<Handle> removed = std::exchange(mine, nullptr);
  const ch01::EventMask left = key->second.events & ~event;
  if (left == 0) {
    selector_->unregister(fd);
  } else {
    selector_->modify(fd, left, both);
  }
  removed->discard();
  return true;
}
// #endregion watch

bool EventLoop::remove_reader(int fd) { return unwatch(fd, ch01::EVENT_READ); }

bool EventLoop::remove_writer(int fd) { return unwatch(fd, ch01::EVENT_WRITE); }

// #region run_once
// #region gather
void EventLoop::run_once() {
  timers_.drop_cancelled();
  const auto events = select(timeout());
  if (shared_.posted.load(std::memory_order_relaxed)) take_posted();
  process_events(events);
  // #endregion gather

  // #region fire
  if (!timers_.empty()) {
    const nanoseconds now = time();
    const nanoseconds step = std::max(clock_->resolution(), nanoseconds(1));
    const nanoseconds last = common::saturated_sum(now, step - nanoseconds(1));
    while (!timers_.empty() && timers_.next_deadline() <= last) {
      Ref<TimerHandle> timer = timers_.pop();
      if (timer->cancelled()) continue;
      ready_.push_back(std::move(timer));
    }
  }
  // #endregion fire

  // #region snapshot
  // What the callbacks schedule waits for the next iteration; otherwise a
  // callback that schedules itself would starve the selector and the timers.
  for (std::size_t left = ready_.size(); left > 0; --left) {
    const Ref<LoopObject> object = ready_.pop_front().object;
    if (!object->cancelled_) run_handle(*object);
  }
  // #endregion snapshot
}
// #endregion run_once

// #region timeout
ch01::Selector::Timeout EventLoop::timeout() const {
  constexpr nanoseconds kMost = std::chrono::hours(24);
  // Posted callbacks need no look: the byte in the wake-up pipe ends a wait.
  if (!ready_.empty() || stopping_.load(std::memory_order_relaxed)) {
    return nanoseconds(0);
  }
  if (timers_.empty()) return std::nullopt;
  const nanoseconds now = time();
  const nanoseconds next = timers_.next_deadline();
  if (next <= now) return nanoseconds(0);
  return std::min(common::saturated_difference(next, now), kMost);
}
// #endregion timeout

// #region select
std::span<const ch01::ReadyKey> EventLoop::select(
    ch01::Selector::Timeout timeout) {
  const bool may_wait = !timeout || *timeout > nanoseconds(0);
  const bool only_wake_pipe = selector_->get_map()->size() == 1;
  // Posted callbacks are found without the kernel's help.
  if (!may_wait && only_wake_pipe) return {};
  if (!clock_->is_virtual() || !timeout) return selector_->select(timeout);
  // On a virtual clock nobody waits: the clock jumps.
  const auto events = selector_->select(nanoseconds(0));
  if (events.empty()) clock_->sleep(*timeout);
  return events;
}
// #endregion select

void EventLoop::process_events(std::span<const ch01::ReadyKey> events) {
  bool woken = false;
  for (const auto& [key, mask] : events) {
    if (key->fd == wake_pipe_.read.get()) {
      std::array<char, 16> bytes;
      while (::read(key->fd, bytes.data(), bytes.size()) > 0) {
      }
      woken = true;
      continue;
    }
    // #region ready_descriptors
    const auto& both = std::any_cast<const Watch&>(key->data);
    if ((mask & ch01::EVENT_READ) != 0) due_.push_back(both.reader);
    if ((mask & ch01::EVENT_WRITE) != 0) due_.push_back(both.writer);
    // #endregion ready_descriptors
  }
  if (woken) {
    // Only now may the next post write again; what was posted before this
    // line is taken here.
    shared_.wake_up_sent.exchange(false);
    take_posted();
  }
  // From here on a handler may remove readers: the keys are no longer used.
  for (const Ref<Handle>& handle : due_) {
    if (!handle->cancelled()) schedule_or_report(*handle);
  }
  due_.clear();
}

// Marks the loop as running, and takes the mark back whatever happens.
class EventLoop::RunningScope {
 public:
  explicit RunningScope(EventLoop& loop) : loop_(loop) {
    loop.thread_ = std::this_thread::get_id();
    loop.running_ = true;
    running_loop = &loop;
  }
  RunningScope(const RunningScope&) = delete;
  RunningScope& operator=(const RunningScope&) = delete;
  ~RunningScope() {
    running_loop = nullptr;
    loop_.running_ = false;
    loop_.stopping_ = false;
  }

 private:
  EventLoop& loop_;
};

// #region run_forever
void EventLoop::run_forever() {
  check_closed();
  if (is_running()) {
    throw std::runtime_error("This event loop is already running");
  }
  if (running_loop) {
    throw std::runtime_error(
        "Cannot run the event loop while another loop is running");
  }
  const RunningScope running(*this);
  do {
    run_once();
  } while (!stopping_.load(std::memory_order_relaxed));
}
// #endregion run_forever

void EventLoop::close() {
  if (is_running()) {
    throw std::runtime_error("Cannot close a running event loop");
  }
  drop_everything();
}

void EventLoop::drop_everything() {
  if (shared_.closed.exchange(true)) return;
  // What is dropped may hold anything, and its end may call us again: each
  // queue is emptied object by object.
  ready_.clear();
  timers_.clear();
  drop_posted();
  selector_->close();
}

// #region in_other_thread
bool EventLoop::in_other_thread() const {
  return is_running() && thread_.load() != std::this_thread::get_id();
}
// #endregion in_other_thread

void EventLoop::check_closed() const {
  if (is_closed()) throw std::runtime_error("Event loop is closed");
}

void EventLoop::refuse_callback(const char* function) {
  throw std::invalid_argument(fmt::format(
      "a callable object was expected by {}(), got None", function));
}

std::string EventLoop::repr() const {
  return fmt::format("<EventLoop running={} closed={} debug={}>",
                     common::repr(is_running()), common::repr(is_closed()),
                     common::repr(detail_ == common::Detail::full));
}

std::vector<EventLoop::Scheduled> EventLoop::scheduled() const {
  using Kind = Scheduled::Kind;
  std::vector<Scheduled> found;
  for (const auto* object = ready_.front(); object;
       object = ObjectQueue::next(*object)) {
    if (!object->cancelled_) found.push_back({Kind::ready, object});
  }
  const auto ready = static_cast<std::ptrdiff_t>(found.size());
  for (const LoopObject* object =
           shared_.posted.load(std::memory_order_acquire);
       object; object = object->next_) {
    found.push_back({Kind::ready, object});
  }
  std::reverse(found.begin() + ready, found.end());  // oldest first
  for (const TimerHandle* timer : timers_.in_order()) {
    if (!timer->cancelled()) found.push_back({Kind::timer, timer});
  }
  if (const auto* keys = selector_->get_map()) {
    std::vector<const ch01::SelectorKey*> by_fd;
    for (const auto& [fd, key] : *keys) by_fd.push_back(&key);
    std::ranges::sort(by_fd, {}, &ch01::SelectorKey::fd);
    for (const ch01::SelectorKey* key : by_fd) {
      const auto* both = std::any_cast<Watch>(&key->data);
      if (!both) continue;
      if (both->reader) {
        found.push_back({Kind::reader, both->reader.get(), key->fd});
      }
      if (both->writer) {
        found.push_back({Kind::writer, both->writer.get(), key->fd});
      }
    }
  }
  return found;
}

// #region call_exception_handler
void EventLoop::call_exception_handler(
    const ExceptionContext& context) noexcept {
  constexpr int kDeepest = 20;
  static thread_local int depth = 0;
  struct Leave {
    Leave() { ++depth; }
    ~Leave() { --depth; }
  } const leave;
  const auto report = [this](const ExceptionContext& what) {
    try {
      default_exception_handler(what);
    } catch (...) {
      print_report("Exception in default exception handler",
                   std::current_exception());
    }
  };
  // A handler that reports its own reports is no longer asked.
  if (!exception_handler_ || depth > kDeepest) return report(context);
  try {
    // A copy: the handler may set another one.
    const ExceptionHandler handler = exception_handler_;
    handler(*this, context);
  } catch (...) {
    try {
      report({.message = "Unhandled error in exception handler",
              .exception = std::current_exception(),
              .values = {{"context", ContextValue::plain(
                                         context_repr(context, detail_))}}});
    } catch (...) {
      report(context);  // no memory for both errors: the first one counts
    }
  }
}
// #endregion call_exception_handler

void EventLoop::report_lost(const std::exception_ptr& error) noexcept {
  print_report("An error could not be reported", error);
}

void EventLoop::default_exception_handler(const ExceptionContext& context) {
  print_report(exception_report(context, detail_), context.exception);
}

void EventLoop::change_handler(ExceptionHandler handler) {
  check_thread();
  exception_handler_ = std::move(handler);
}

EventLoop* get_running_loop_or_null() noexcept { return running_loop; }

EventLoop& get_running_loop() {
  if (running_loop) return *running_loop;
  throw std::runtime_error("no running event loop");
}

EventLoop& get_event_loop() {
  if (running_loop) return *running_loop;
  LiveLoops& live = LiveLoops::instance();
  const std::lock_guard lock(live.mutex);
  const auto found = live.numbers.find(current_loop.loop);
  if (found != live.numbers.end() && found->second == current_loop.number) {
    return *current_loop.loop;
  }
  throw std::runtime_error(
      fmt::format("There is no current event loop in thread {}.",
                  common::repr(common::thread_name())));
}

void set_event_loop(EventLoop* loop) {
  LiveLoops& live = LiveLoops::instance();
  const std::lock_guard lock(live.mutex);
  const auto found = live.numbers.find(loop);
  current_loop = found == live.numbers.end()
                     ? Registration{}
                     : Registration{loop, found->second};
}

}  // namespace ch02
