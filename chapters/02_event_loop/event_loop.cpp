#include "chapters/02_event_loop/event_loop.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <mutex>

#include "chapters/02_event_loop/live_loops.hpp"
#include "common/output.hpp"
#include "common/place.hpp"

namespace ch02 {

using common::Ref;
using std::chrono::nanoseconds;

namespace {

void print_report(std::string_view report,
                  const std::exception_ptr& exception) noexcept {
  // If this fails, there is nowhere left to report it; that is no reason to end
  // the program.
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
  LiveLoops::instance().add(*this);
}

EventLoop::~EventLoop() {
  drop_everything();
  LiveLoops::instance().remove(*this);
}

Ref<Handle> EventLoop::soon(Ref<Handle> handle) {
  schedule(*handle);
  return handle;
}

// #region schedule
void EventLoop::schedule(LoopObject& object) {
  check_closed();
  accept(object);
  if (object.queued_) return;  // it waits there already
  // First come, first served, wherever they come from.
  if (shared_.any_posts) take_posts();
  ready_.push_back(Ref(&object));
}
// #endregion schedule

Ref<TimerHandle> EventLoop::at(Ref<TimerHandle> timer) {
  check_closed();
  accept(*timer);
  timers_.push(timer);
  return timer;
}

void EventLoop::schedule_or_report(LoopObject& object) noexcept {
  try {
    schedule(object);
  } catch (...) {
    report_refusal(&object);
  }
}

void EventLoop::report_refusal(LoopObject* object) noexcept {
  report_with([object] {
    ExceptionContext context{
        .message = "A callback was refused by its event loop",
        .exception = std::current_exception(),
        .source = Ref(object)};
    if (object) context.values.emplace("handle", *object);
    return context;
  });
}

void EventLoop::wake_up() {
  const int fd = wake_pipe_.write.get();
  const char byte = 0;
  const common::NoSigpipe no_signal;  // a broken pipe is an error, not the end
  while (true) {
    const auto count = ::write(fd, &byte, 1);
    if (count == 1) return;
    if (count == 0 || errno == EINTR) continue;
    if (errno == EAGAIN) return;  // the pipe is full, so the loop will wake
    const int error = errno;
    {
      const std::lock_guard lock(shared_.mutex);
      shared_.wake_up_sent = false;
    }
    errno = error;
    common::throw_errno("write(wake-up pipe, fd " + std::to_string(fd) + ")");
  }
}

std::vector<Post> EventLoop::open_inbox() {
  // Two vectors take turns, so that neither thread has to allocate each time.
  std::vector<Post> posts = std::exchange(spare_posts_, {});
  const std::lock_guard lock(shared_.mutex);
  posts.swap(shared_.posts);
  shared_.any_posts = false;
  return posts;
}

void EventLoop::keep_memory(std::vector<Post>&& posts) {
  if (posts.capacity() > kMostSparePosts) return;
  posts.clear();
  spare_posts_ = std::move(posts);
}

Ref<Handle> EventLoop::receive(Post& post) noexcept {
  Ref<Handle> handle;
  try {
    handle = post.make_handle(*this);
    accept(*handle);
  } catch (...) {
    report_refusal(handle.get());
    handle = nullptr;
  }
  return handle;
}

void EventLoop::take_posts() {
  std::vector<Post> posts = open_inbox();
  for (Post& post : posts) {
    if (Ref<Handle> handle = receive(post)) ready_.push_back(std::move(handle));
  }
  keep_memory(std::move(posts));
}

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

bool EventLoop::remove_reader(int fd) { return unwatch(fd, ch01::EVENT_READ); }

bool EventLoop::remove_writer(int fd) { return unwatch(fd, ch01::EVENT_WRITE); }

// #region gather
void EventLoop::run_once() {
  timers_.drop_cancelled();
  const auto events = select(timeout());
  process_events(events);
  // #endregion gather

  // #region fire
  if (!timers_.empty()) {
    const nanoseconds now = time();
    const nanoseconds step = std::max(clock_->resolution(), nanoseconds(1));
    const nanoseconds last = common::saturated_sum(now, step - nanoseconds(1));
    if (timers_.next_deadline() <= last && shared_.any_posts) take_posts();
    while (!timers_.empty() && timers_.next_deadline() <= last) {
      Ref<TimerHandle> timer = timers_.pop();
      if (timer->cancelled()) continue;
      ready_.push_back(std::move(timer));
    }
  }
  // #endregion fire

  // #region posts
  std::vector<Post> posts;
  if (shared_.any_posts) posts = open_inbox();
  // #region snapshot
  // The callbacks that these schedule wait for the next iteration; otherwise
  // one that schedules itself would starve the selector and the timers.
  for (std::size_t left = ready_.size(); left > 0; --left) {
    const Ref<LoopObject> object = ready_.pop_front().object;
    if (!object->cancelled_) run_handle(*object);
  }
  // #endregion snapshot
  for (Post& post : posts) {
    const Ref<Handle> handle = receive(post);
    if (handle) run_handle(*handle);
  }
  // #endregion posts
  if (!posts.empty()) keep_memory(std::move(posts));
}

// #region timeout
ch01::Selector::Timeout EventLoop::timeout() const {
  constexpr nanoseconds kMost = std::chrono::hours(24);
  // Posted callbacks need no check: the byte in the wake-up pipe ends a wait.
  if (!ready_.empty() || stopping_) {
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
  // On a virtual clock there is no waiting: the clock jumps.
  const auto events = selector_->select(nanoseconds(0));
  if (events.empty()) clock_->sleep(*timeout);
  return events;
}
// #endregion select

void EventLoop::process_events(std::span<const ch01::ReadyKey> events) {
  if (events.empty()) return;
  for (const auto& [key, mask] : events) {
    if (key->fd == wake_pipe_.read.get()) {
      std::array<char, 16> bytes;
      while (::read(key->fd, bytes.data(), bytes.size()) > 0) {
      }
      // Only now may the next post write again; all that was posted before this
      // line is taken in this iteration.
      const std::lock_guard lock(shared_.mutex);
      shared_.wake_up_sent = false;
      continue;
    }
    // #region ready_descriptors
    const auto& both = std::any_cast<const Watch&>(key->data);
    if ((mask & ch01::EVENT_READ) != 0) due_.push_back(both.reader);
    if ((mask & ch01::EVENT_WRITE) != 0) due_.push_back(both.writer);
    // #endregion ready_descriptors
  }
  // From here on a handler may remove readers: the keys are no longer used.
  for (const Ref<Handle>& handle : due_) {
    if (!handle->cancelled()) schedule_or_report(*handle);
  }
  due_.clear();
}

// Marks the loop as running, and removes the mark even after an exception.
class EventLoop::RunningScope {
 public:
  explicit RunningScope(EventLoop& loop) : loop_(loop) {
    loop.thread_ = std::this_thread::get_id();
    loop.running_ = true;
    set_running_loop(&loop);
  }
  RunningScope(const RunningScope&) = delete;
  RunningScope& operator=(const RunningScope&) = delete;
  ~RunningScope() {
    set_running_loop(nullptr);
    loop_.running_ = false;
    loop_.stopping_ = false;
  }

 private:
  EventLoop& loop_;
};

void EventLoop::run_forever() {
  check_closed();
  if (is_running()) {
    throw std::runtime_error("This event loop is already running");
  }
  if (get_running_loop_or_null()) {
    throw std::runtime_error(
        "Cannot run the event loop while another loop is running");
  }
  const RunningScope running(*this);
  do {
    run_once();
  } while (!stopping_);
}

void EventLoop::close() {
  if (is_running()) {
    throw std::runtime_error("Cannot close a running event loop");
  }
  drop_everything();
}

void EventLoop::drop_everything() {
  {
    const std::lock_guard lock(shared_.mutex);
    if (shared_.closed) return;
    shared_.closed = true;
  }
  // A dropped object may hold anything, and its destructor may call us again:
  // so each queue is emptied object by object.
  ready_.clear();
  timers_.clear();
  open_inbox();  // and drops what was in it, outside the lock
  selector_->close();
}

bool EventLoop::runs_here() const { return get_running_loop_or_null() == this; }

// #region in_other_thread
bool EventLoop::in_other_thread() const {
  return is_running() && thread_.load() != std::this_thread::get_id();
}
// #endregion in_other_thread

void EventLoop::check_closed() const {
  if (is_closed()) throw std::runtime_error("Event loop is closed");
}

std::string EventLoop::repr() const {
  return fmt::format("<EventLoop running={} closed={} debug={}>",
                     common::repr(is_running()), common::repr(is_closed()),
                     common::repr(detail() == common::Detail::full));
}

std::vector<EventLoop::Scheduled> EventLoop::scheduled() const {
  using Kind = Scheduled::Kind;
  std::vector<Scheduled> found;
  for (const auto* object = ready_.front(); object;
       object = ObjectQueue::next(*object)) {
    if (!object->cancelled_) found.push_back({Kind::ready, object});
  }
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
  // A handler whose reports cause more reports is no longer called.
  if (!exception_handler_ || depth > kDeepest) return report(context);
  try {
    // A copy, because the handler may set another one.
    const ExceptionHandler handler = exception_handler_;
    handler(*this, context);
  } catch (...) {
    try {
      report({.message = "Unhandled error in exception handler",
              .exception = std::current_exception(),
              .values = {{"context", ContextValue::plain(
                                         context_repr(context, detail()))}}});
    } catch (...) {
      report(context);  // no memory for both errors: the first one counts
    }
  }
}

void EventLoop::report_lost(const std::exception_ptr& error) noexcept {
  print_report("An error could not be reported", error);
}

void EventLoop::default_exception_handler(const ExceptionContext& context) {
  print_report(exception_report(context, detail()), context.exception);
}

void EventLoop::change_handler(ExceptionHandler handler) {
  check_thread();
  exception_handler_ = std::move(handler);
}

}  // namespace ch02
