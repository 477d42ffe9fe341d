#include "tests/load/meter.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "common/clock.hpp"
#include "common/recycled.hpp"
#include "common/unique_fd.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOAD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LOAD_SANITIZED 1
#endif
#endif
#ifdef LOAD_SANITIZED
// From <sanitizer/allocator_interface.h>, which Debian's GCC lacks.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace load {

std::uint64_t resident_bytes() {
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (!(std::ifstream("/proc/self/statm") >> pages >> resident)) {
    throw std::runtime_error("/proc/self/statm: no number of resident pages");
  }
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t live_bytes() {
#ifdef LOAD_SANITIZED
  const std::size_t allocated = __sanitizer_get_current_allocated_bytes();
#else
  const auto info = ::mallinfo2();
  const std::size_t allocated = info.uordblks + info.hblkhd;
#endif
  return allocated - std::min(allocated, common::recycled_bytes());
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  // One of them is the descriptor of this directory.
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries))) -
         1;
}

std::chrono::nanoseconds cpu_time() {
  timespec time{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) < 0) {
    common::throw_errno("clock_gettime(CLOCK_PROCESS_CPUTIME_ID)");
  }
  return common::to_nanoseconds(time);
}

void allow_descriptors(std::size_t count) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) {
    common::throw_errno("getrlimit(RLIMIT_NOFILE)");
  }
  if (limit.rlim_cur >= count) return;
  rlimit wanted{count, std::max<rlim_t>(limit.rlim_max, count)};
  if (::setrlimit(RLIMIT_NOFILE, &wanted) < 0) {
    throw std::runtime_error(fmt::format(
        "{} open descriptors are needed (RLIMIT_NOFILE), and the hard limit "
        "is {}: raise it, or ask for less with --short",
        count, limit.rlim_max));
  }
}

}  // namespace load
