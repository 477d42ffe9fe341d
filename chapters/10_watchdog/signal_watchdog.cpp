#include "chapters/10_watchdog/signal_watchdog.hpp"

#include <execinfo.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <stdexcept>

#include "chapters/04_logging/event_loop.hpp"
#include "chapters/04_logging/logging_error.hpp"
#include "chapters/10_watchdog/native_stack.hpp"
#include "common/clock.hpp"
#include "common/fork_lock.hpp"
#include "common/unique_fd.hpp"

namespace ch10 {

namespace {

using std::chrono::milliseconds;

// The signal for urgent data on a socket. It does nothing where it is not
// handled, so one that comes too late does no harm.
constexpr int kSignal = SIGURG;

// Less is no time to be woken in.
constexpr nanoseconds kShortestNap = milliseconds(1);

nanoseconds now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

// Of all threads.
nanoseconds process_cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return common::to_nanoseconds(time);
}

// Threads get the signals that no thread refuses. The watchdog's shall not.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;
  ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// The one whose callback runs on this thread.
thread_local constinit std::atomic<SignalWatchdog*> here = nullptr;

}  // namespace

void SignalWatchdog::on_signal(int) {
  const int error = errno;
  SignalWatchdog* const watchdog = here.load(std::memory_order_relaxed);
  if (watchdog) watchdog->take_if_asked();
  errno = error;
}

// #region handler
void SignalWatchdog::take_if_asked() noexcept {
  Hand expected = Hand::asked;
  if (!hand_.compare_exchange_strong(expected, Hand::taking)) return;
  take(running_, sample_);
  sample_.turn = turn_.load(std::memory_order_relaxed);
  if (!sample_.throwing) {
    const int size = ::backtrace(sample_.stack.data(), Sample::kMostAddresses);
    sample_.stack_size = static_cast<std::size_t>(size);
  }
  hand_.store(Hand::taken, std::memory_order_release);
}
// #endregion handler

void SignalWatchdog::install_handler() {
  struct sigaction action{};
  if (::sigaction(kSignal, nullptr, &action) != 0) {
    common::throw_errno("sigaction(SIGURG)");
  }
  if (action.sa_handler == &on_signal) return;
  if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) {
    throw std::runtime_error("the program handles SIGURG itself");
  }
  action = {};
  action.sa_handler = &on_signal;
  action.sa_flags = SA_RESTART;
  if (::sigaction(kSignal, &action, nullptr) != 0) {
    common::throw_errno("sigaction(SIGURG)");
  }
}

SignalWatchdog::SignalWatchdog(const ch02::EventLoop& loop)
    : loop_(loop), forks_(common::forks()), bell_(std::make_unique<Bell>()) {
  prepare_backtrace();
  install_handler();
  const NoSignals no_signals;
  thread_ = std::thread([this] { watch(); });
}

SignalWatchdog::~SignalWatchdog() {
  if (forks_ != common::forks()) {
    thread_.detach();  // it is the parent's
    [[maybe_unused]] static Bell* reachable = nullptr;
    reachable = bell_.release();
    return;
  }
  {
    const std::lock_guard lock(bell_->mutex);
    bell_->stop = true;
  }
  bell_->changed.notify_one();
  thread_.join();
}

bool SignalWatchdog::is_left_behind() const {
  return !loop_thread_.is_current() || forks_ != common::forks();
}

// #region turns
void SignalWatchdog::begin(const ch02::LoopObject& object, nanoseconds limit) {
  Watchdog::begin(object, limit);
  here.store(this, std::memory_order_relaxed);
  turn_.store(turn_.load(std::memory_order_relaxed) + 1,
              std::memory_order_release);
}

bool SignalWatchdog::end() {
  // First this: whoever asks from now on gets no answer.
  here.store(nullptr, std::memory_order_relaxed);
  const auto turn = turn_.load(std::memory_order_relaxed);
  if (asked_turn_.load(std::memory_order_relaxed) == turn) return true;
  turn_.store(turn + 1, std::memory_order_release);
  return false;
}
// #endregion turns

void SignalWatchdog::is_over(nanoseconds took) noexcept {
  took_.store(took, std::memory_order_relaxed);
  turn_.store(turn_.load(std::memory_order_relaxed) + 1,
              std::memory_order_release);
}

void SignalWatchdog::rest() { resting_ = true; }

void SignalWatchdog::resume() {
  if (resting_.load(std::memory_order_relaxed)) resting_ = false;
  if (!sleeps_) return;
  {
    const std::lock_guard lock(bell_->mutex);
    sleeps_ = false;
  }
  bell_->changed.notify_one();
}

void SignalWatchdog::watch() {
  std::unique_lock lock(bell_->mutex);
  while (!bell_->stop) {
    // #region rest
    // The loop looks at sleeps_ after it has changed its state, and we look at
    // its state after we have changed sleeps_: one of us sees the other.
    sleeps_ = true;
    if (is_at_rest()) {
      lock.unlock();
      look();  // it may have gone to rest after a report
      lock.lock();
      bell_->changed.wait(lock, [this] { return bell_->stop || !sleeps_; });
    }
    // #endregion rest
    sleeps_ = false;
    const nanoseconds nap =
        std::max<nanoseconds>(limit_.load() / 4, kShortestNap);
    const nanoseconds begin = now();
    const nanoseconds cpu_begin = process_cpu_time();
    bell_->changed.wait_for(lock, nap, [this] { return bell_->stop; });
    lock.unlock();
    look(now() - begin - nap, process_cpu_time() - cpu_begin);
    lock.lock();
  }
  lock.unlock();
  look();
}

void SignalWatchdog::look(nanoseconds late, nanoseconds computed) noexcept {
  const nanoseconds time = now();
  const nanoseconds limit = limit_;
  const auto turn = turn_.load(std::memory_order_acquire);
  if (turn != seen_) {
    if (std::exchange(barked_, false)) tell_over(took_);
    seen_ = turn;
    since_ = time;
    cpu_ = loop_thread_.cpu_time();
    barks_.begin(limit);
    // #region look
  } else if (turn % 2 == 1) {
    if (late >= std::max(limit, kShortestNap) && 2 * computed < late) {
      // Nothing has run, and we neither: that time is nobody's.
      tell_stood_still(late);
      since_ += late;
    }
    if (barks_.due(time - since_, time)) report(time - since_);
    // #endregion look
  }
}

void SignalWatchdog::report(nanoseconds held) noexcept {
  std::optional<nanoseconds> cpu = loop_thread_.cpu_time();
  if (cpu) cpu = *cpu - cpu_.value_or(*cpu);
  asked_turn_ = seen_;
  const bool answered = ask();
  // In the meantime it may have ended.
  if (answered ? sample_.turn != seen_ : turn_ != seen_) return;
  bark(held, cpu, answered ? &sample_ : nullptr, barks_.take_kept_back());
  barked_ = true;
}

bool SignalWatchdog::ask() {
  const nanoseconds patience = std::clamp<nanoseconds>(
      10 * limit_.load(), milliseconds(50), milliseconds(1000));
  hand_ = Hand::asked;
  if (loop_thread_.send(kSignal)) {
    for (nanoseconds waited{0}; waited < patience; waited += kShortestNap) {
      std::this_thread::sleep_for(kShortestNap);
      if (hand_ == Hand::taken) return true;
      if (turn_ != seen_) break;
    }
  }
  Hand expected = Hand::asked;
  if (hand_.compare_exchange_strong(expected, Hand::taken)) return false;
  while (hand_ != Hand::taken) std::this_thread::yield();  // it has begun
  return true;
}

}  // namespace ch10
