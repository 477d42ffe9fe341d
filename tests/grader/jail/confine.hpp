// Takes rights away from a process before it becomes a stranger's program. Only
// on Linux: elsewhere nothing of this can be done, and the first two throw.
#pragma once

#include <string>
#include <vector>

namespace grader {

// The files that a program may reach; all others are out of reach.
struct Reach {
  std::vector<std::string> read;   // files and folders: to read and to execute
  std::vector<std::string> write;  // folders: everything
};

// Landlock: for this process and all that it starts, irrevocably. Leaves out
// paths that do not exist. Throws std::system_error if the kernel has none.
// Returns whether signals, too, reach only what is confined with it.
bool confine_files(const Reach& reach);

// A filter for system calls, irrevocable: no socket() (a socketpair() is fine),
// no tracing, no other namespace, nothing that outlives the program; unless
// something else confines signals, none to others. Refused calls return an
// error; those that only change priorities do nothing. Returns a descriptor on
// which the kernel reports each attempt to call socket(), or -1 where it
// cannot; its holder answers with refuse_socket(). Throws std::system_error.
int confine_calls(bool may_change_modes, bool may_signal);

// Waits on the descriptor for one call of socket() and refuses it. Was it for
// the network (rather than, say, AF_UNIX)?
bool refuse_socket(int listener);

}  // namespace grader
