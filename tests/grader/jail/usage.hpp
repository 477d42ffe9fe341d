// How much memory and disk processes use, also where no process shows it.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace grader {

// Memory that processes use, in bytes: what they have written to, not what they
// have mapped. Pages that a fork() shares count once. So does memory of files
// that exist in memory alone (memfd_create(), shared mappings), even if no
// process has it mapped at the moment. Without what the kernel holds for them,
// such as the contents of sockets. 0 where there is no /proc.
class MemoryMeter {
 public:
  // Before the program starts.
  MemoryMeter();
  // Do they use more than this?
  bool is_above(const std::vector<pid_t>& family, std::size_t bytes) const;

 private:
  std::size_t shared_before_;  // on this machine
  dev_t device_ = 0;           // of files in memory
};

// Two looks one after the other say that there is too much. At a single one a
// process that starts another one may count twice, before it runs.
class Excess {
 public:
  bool is_lasting(bool above) { return std::exchange(before_, above) && above; }
  bool is_suspected() const { return before_; }

 private:
  bool before_ = false;
};
inline constexpr std::chrono::milliseconds kBetweenLooks{10};

// The signal that ended a process. One that catches SIGXCPU is killed a second
// later, which is to be called the same.
int signal_of(int status, const rusage& usage, std::chrono::seconds cpu_limit);

// The bytes that the files of a folder take on its disk, with those that
// processes have removed and still hold. An empty file also counts for
// something, and folders that are deeper than any honest program needs are
// above every limit. Follows no link.
class DiskMeter {
 public:
  // Before the program starts.
  explicit DiskMeter(std::string folder);
  bool is_above(const std::vector<pid_t>& family, std::size_t bytes) const;
  // The bytes that are left on its disk.
  std::size_t free_now() const;

 private:
  std::string folder_;
  std::size_t free_before_;
};

// What a file of the kernel's says, in /proc for example: as far as it can be
// read, for its process may end meanwhile.
std::string text_of(const std::string& file);

// Has the machine less than 1/32 of its memory left, and less than 256 MB?
bool is_short_of_memory();

}  // namespace grader
