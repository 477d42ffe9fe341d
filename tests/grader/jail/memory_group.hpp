// A control group, where the kernel lets us make one: then the kernel counts
// everything that a program makes it hold, and stops it at once.
#pragma once

#include <cstddef>
#include <string>

namespace grader {

class MemoryGroup {
 public:
  // With a limit in bytes, and one for processes and threads where the kernel
  // has that in the same group. It is empty where that does not work.
  MemoryGroup(std::size_t bytes, std::size_t processes);
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;
  // All processes in it must have ended.
  ~MemoryGroup();

  explicit operator bool() const { return !folder_.empty(); }
  // Puts the calling process into it, with all that it starts from now on. The
  // kernel may refuse that to a user who could make the group: then nothing
  // happens.
  void join() const;
  // Has the kernel killed a process because there was no more memory?
  bool has_killed() const;

 private:
  std::string folder_;
};

}  // namespace grader
