// Finds and ends all processes that a program has started, wherever they went.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace grader {

// From now on an orphan among this process's descendants becomes its child, so
// that none gets away with a second fork() or a setsid(). Linux only.
void adopt_orphans();

struct Descendant {
  pid_t pid;
  std::size_t resident;  // bytes of memory
};
// Those that run now, without zombies. Empty where there is no /proc.
std::vector<Descendant> descendants();
// The bytes of memory that they fill. It asks each process for its children,
// which is quick even among many other processes, but may miss one that has
// just started.
std::size_t memory_of_descendants();

// Kills until none is left, and waits for all; returns how many were running at
// first. Only for a process that has no other children.
std::size_t end_descendants();

// How many threads the user runs on this machine: the kernel's limit for new
// ones counts them all.
std::size_t threads_of(uid_t user);

}  // namespace grader
