// What a program has started, wherever it has gone, and the end of all of it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace grader {

// From now on an orphan among this process's descendants becomes its child, so
// that nobody gets away by a second fork() or a setsid(). Linux only.
void adopt_orphans();

struct Descendant {
  pid_t pid;
  std::size_t resident;  // bytes of memory
};
// Those that run now, without the ones that wait to be waited for. Empty where
// there is no /proc.
std::vector<Descendant> descendants();
// How many bytes they fill. It asks each process for its children, which is
// quick where there are many others, and may miss one that is just born.
std::size_t memory_of_descendants();

// Kills until none is left, and waits for all. How many were still running at
// first? Only for a process that has no other children.
std::size_t end_descendants();

// How many threads the user runs on this machine: the kernel's limit for new
// ones counts them all.
std::size_t threads_of(uid_t user);

}  // namespace grader
