// The source of a loop's time: the machine, or a test.
#pragma once

#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <ratio>
#include <stdexcept>
#include <type_traits>

namespace common {

// A duration in any unit of std::chrono, as whole nanoseconds. They reach 292
// years: a longer one becomes the longest possible, where a plain conversion
// would overflow. Throws std::invalid_argument for a "not a number".
class Duration : public std::chrono::nanoseconds {
  using Base = std::chrono::nanoseconds;

 public:
  constexpr Duration() : Base(0) {}
  template <class Rep, class Period>
  constexpr Duration(std::chrono::duration<Rep, Period> other)
      : Base(saturated(other)) {}
  // A number has no unit. The compiler prints the text.
  template <class Number>
    requires std::is_arithmetic_v<Number>
  constexpr Duration(Number) : Base(0) {
    static_assert(!std::is_arithmetic_v<Number>,
                  "a duration needs a unit: write 1s or 500ms, after "
                  "using namespace std::chrono_literals");
  }

 private:
  static constexpr Base saturated(Base other) { return other; }
  template <class Other>
  static constexpr Base saturated(Other other) {
    using Exact = std::chrono::duration<long double, std::nano>;
    const long double exact = Exact(other).count();
    if (exact != exact) {
      throw std::invalid_argument("Invalid delay: NaN (not a number)");
    }
    // Where a long double is only a double, the largest number becomes 2^63
    // too.
    if (exact >= 0x1p63L) return Base::max();
    if (exact <= -0x1p63L) return Base::min();
    if constexpr (std::is_convertible_v<Other, Base>) {
      return other;  // exact, and it fits
    } else {
      return Base(static_cast<Base::rep>(exact));
    }
  }
};

// a + b, or the nearest possible value.
constexpr std::chrono::nanoseconds saturated_sum(std::chrono::nanoseconds a,
                                                 std::chrono::nanoseconds b) {
  using std::chrono::nanoseconds;
  if (a > nanoseconds(0) && b > nanoseconds::max() - a) {
    return nanoseconds::max();
  }
  if (a < nanoseconds(0) && b < nanoseconds::min() - a) {
    return nanoseconds::min();
  }
  return a + b;
}

// a - b, or the nearest possible value.
constexpr std::chrono::nanoseconds saturated_difference(
    std::chrono::nanoseconds a, std::chrono::nanoseconds b) {
  using std::chrono::nanoseconds;
  if (b < nanoseconds(0) && a > nanoseconds::max() + b) {
    return nanoseconds::max();
  }
  if (b > nanoseconds(0) && a < nanoseconds::min() + b) {
    return nanoseconds::min();
  }
  return a - b;
}

class ClockRef;

// Time is a duration since a zero that only the clock knows, as in
// time.monotonic(): differences mean something, single values do not.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  // Never goes back.
  virtual std::chrono::nanoseconds now() const = 0;
  // The same, or an earlier time, by at most `behind`, if that is cheaper to
  // read. So it may be earlier than what now() said before.
  virtual std::chrono::nanoseconds coarse_now(
      [[maybe_unused]] std::chrono::nanoseconds behind) const {
    return now();
  }
  // Blocks the calling thread (Python's time.sleep): nothing else runs on it.
  // Zero or less returns immediately.
  virtual void sleep(std::chrono::nanoseconds duration) = 0;
  template <class Rep, class Period>
  void sleep(std::chrono::duration<Rep, Period> duration) {
    const std::chrono::nanoseconds whole = Duration(duration);
    sleep(whole);
  }
  template <class Number>
    requires std::is_arithmetic_v<Number>
  void sleep(Number number) {
    sleep(Duration(number));  // does not compile, and says why
  }
  // The smallest step of now().  asyncio: BaseEventLoop._clock_resolution
  virtual std::chrono::nanoseconds resolution() const;
  // Does waiting move this clock, instead of taking time?
  virtual bool is_virtual() const { return false; }

 private:
  friend class ClockRef;
  ClockRef* users_ = nullptr;
};

// A loop's reference to a clock that belongs to its caller. When the clock is
// destroyed before the loop, it refers to one whose now() and sleep() throw
// std::runtime_error.
class ClockRef {
 public:
  explicit ClockRef(Clock& clock);
  ClockRef(const ClockRef&) = delete;
  ClockRef& operator=(const ClockRef&) = delete;
  ~ClockRef();

  Clock& operator*() const { return *clock_; }
  Clock* operator->() const { return clock_; }

 private:
  friend class Clock;
  Clock* clock_;
  ClockRef* next_ = nullptr;
  ClockRef* previous_ = nullptr;
};

class SystemClock : public Clock {
 public:
  std::chrono::nanoseconds now() const override;
  std::chrono::nanoseconds coarse_now(
      std::chrono::nanoseconds behind) const override;
  void sleep(std::chrono::nanoseconds duration) override;
  using Clock::sleep;
};

// Does not move until something sleeps on it; then it jumps. Starts at zero.
// Any thread may ask it, but only the loop's own may sleep on it or move it.
class VirtualClock : public Clock {
 public:
  std::chrono::nanoseconds now() const override {
    return now_.load(std::memory_order_relaxed);
  }
  void sleep(std::chrono::nanoseconds duration) override { advance(duration); }
  using Clock::sleep;
  bool is_virtual() const override { return true; }

  void advance(Duration duration);

  // #region alarm
  // Code that sleeps cannot look at the clock, so the clock interrupts it: on
  // its way to this time, or past it, it stops there, calls `ring`, and goes
  // on. On a machine's clock, a signal does that. `ring` gives the next time, a
  // later one, or none. There is one alarm: a new one replaces it.
  using Ring = std::function<std::optional<std::chrono::nanoseconds>()>;
  void set_alarm(std::chrono::nanoseconds when, Ring ring);
  void clear_alarm() { alarm_.reset(); }
  // #endregion alarm

 private:
  std::atomic<std::chrono::nanoseconds> now_{std::chrono::nanoseconds(0)};
  std::optional<std::chrono::nanoseconds> alarm_;
  Ring ring_;
};

// The clock of a loop that was given none. It is never destroyed.
SystemClock& system_clock();

// What the kernel's clocks answer.
inline std::chrono::nanoseconds to_nanoseconds(const std::timespec& time) {
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::nanoseconds(time.tv_nsec);
}

// Seconds as a floating point number, for texts.
double to_seconds(std::chrono::nanoseconds duration);

}  // namespace common
