// Finds, measures and ends all processes that a program has started, wherever
// they went.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace grader {

// From now on an orphan among this process's descendants becomes its child, so
// that none gets away with a second fork() or a setsid(). Linux only.
void adopt_orphans();

// Those of this process that run now, without zombies. One whose first thread
// has ended still runs if another thread does. Empty where there is no /proc.
std::vector<pid_t> descendants();
// The same for any process, which comes first. Quick even among many other
// processes, but it may miss one that has just started.
std::vector<pid_t> family_of(pid_t pid);

// Kills until none is left, and waits for all; returns how many were running at
// first. Gives up after ten seconds, when the kernel does not let go of one:
// then descendants() has it. Only for a process that has no other children.
std::size_t end_descendants();

// How many threads the user runs on this machine: the kernel's limit for new
// ones counts them all.
std::size_t threads_of(uid_t user);

}  // namespace grader
