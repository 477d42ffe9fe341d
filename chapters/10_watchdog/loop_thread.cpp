#include "chapters/10_watchdog/loop_thread.hpp"

#include <signal.h>

#if __has_include(<mach/mach.h>)
#include <mach/mach.h>
#else
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "common/clock.hpp"

namespace ch10 {

using std::chrono::nanoseconds;

bool LoopThread::is_current() const {
  return ::pthread_equal(thread_, ::pthread_self()) != 0;
}

#if __has_include(<mach/mach.h>)

// A Mac keeps a list of its threads, and finds that one is gone.
LoopThread::LoopThread()
    : thread_(::pthread_self()), port_(::pthread_mach_thread_np(thread_)) {}

bool LoopThread::send(int signal) const {
  return ::pthread_kill(thread_, signal) == 0;
}

std::optional<nanoseconds> LoopThread::cpu_time() const {
  thread_basic_info info{};
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  if (::thread_info(port_, THREAD_BASIC_INFO,
                    reinterpret_cast<thread_info_t>(&info),
                    &count) != KERN_SUCCESS) {
    return std::nullopt;
  }
  const auto time = [](const time_value_t& value) {
    return std::chrono::seconds(value.seconds) +
           std::chrono::microseconds(value.microseconds);
  };
  return time(info.user_time) + time(info.system_time);
}

#else

// Linux's numbers: a number that is gone is an error. pthread_kill() would read
// the memory of a thread that has ended.
LoopThread::LoopThread()
    : thread_(::pthread_self()),
      id_(static_cast<pid_t>(::syscall(SYS_gettid))) {
  if (::pthread_getcpuclockid(thread_, &cpu_clock_) != 0) cpu_clock_ = -1;
}

bool LoopThread::send(int signal) const {
  return ::syscall(SYS_tgkill, ::getpid(), id_, signal) == 0;
}

std::optional<nanoseconds> LoopThread::cpu_time() const {
  timespec time{};
  if (::clock_gettime(cpu_clock_, &time) != 0) return std::nullopt;
  return common::to_nanoseconds(time);
}

#endif

}  // namespace ch10
