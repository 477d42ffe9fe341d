// On a machine's clock, a second thread watches, and a signal interrupts.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "chapters/02_event_loop/event_loop.hpp"
#include "chapters/10_watchdog/loop_thread.hpp"
#include "chapters/10_watchdog/watchdog.hpp"

namespace ch10 {

class SignalWatchdog final : public Watchdog {
 public:
  // For the loop of the calling thread.  Throws std::system_error if there is
  // no thread left, and std::runtime_error if the program uses the signal.
  explicit SignalWatchdog(const ch02::EventLoop& loop);
  ~SignalWatchdog() override;

  void begin(const ch02::LoopObject& object, nanoseconds limit) override;
  bool end() override;
  void is_over(nanoseconds took) noexcept override;
  void rest() override;
  void resume() override;
  bool is_left_behind() const override;

 private:
  // Whose the sample is: the watchdog's thread has it, but lends it to the
  // loop's thread from asked to taken.
  enum class Hand { taken, asked, taking };

  static void on_signal(int);
  static void install_handler();
  void take_if_asked() noexcept;

  // On the watchdog's thread.
  void watch();
  bool is_at_rest() const { return resting_ || !loop_.is_running(); }
  // How much later it woke than it wanted to, and what the process computed
  // since it went to sleep.
  void look(nanoseconds late = {}, nanoseconds computed = {}) noexcept;
  void report(nanoseconds held) noexcept;
  bool ask();

  const ch02::EventLoop& loop_;
  const LoopThread loop_thread_;
  const int forks_;

  // #region shared
  // Written by the loop's thread, with no more than a store for each callback.
  std::atomic<std::uint64_t> turn_ = 0;  // odd: a callback runs
  std::atomic<bool> resting_ = false;    // it waits
  std::atomic<nanoseconds> took_ = nanoseconds(0);
  // Written by the watchdog's.
  std::atomic<std::uint64_t> asked_turn_ = 0;  // the last one it asked about
  std::atomic<bool> sleeps_ = false;           // until resume() wakes it
  // #endregion shared
  std::atomic<Hand> hand_ = Hand::taken;
  Sample sample_;

  // Of the watchdog's thread.
  std::uint64_t seen_ = 0;          // the turn that it watches,
  nanoseconds since_{0};            // the time when it first saw that,
  std::optional<nanoseconds> cpu_;  // and what the loop's thread had used then
  bool barked_ = false;
  Barks barks_;

  // Not destroyed in the child of a fork(), where nobody waits for it.
  struct Bell {
    std::mutex mutex;
    std::condition_variable changed;
    bool stop = false;  // guarded by the mutex
  };
  std::unique_ptr<Bell> bell_;
  std::thread thread_;
};

}  // namespace ch10
