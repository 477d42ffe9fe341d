// What a process gives up before it becomes a stranger's program. Linux only;
// elsewhere nothing of this can be done, and these functions say so.
#pragma once

#include <string>
#include <vector>

namespace grader {

// What a program may reach; everything else in the file system is out of reach.
struct Reach {
  std::vector<std::string> read;   // files and folders: to read and to execute
  std::vector<std::string> write;  // folders: everything
};

// Landlock: for this process and all that it starts, for ever. What does not
// exist is left out. Throws std::system_error where the kernel has no Landlock.
void confine_files(const Reach& reach);

// A filter for system calls, for ever: no socket() (a socketpair() is fine), no
// signals to others, no tracing, no other namespace, nothing that outlives the
// program. Refused calls return an error. Returns a descriptor on which the
// kernel tells of every socket() that was tried, or -1 where it cannot; whoever
// holds it answers with refuse_socket(). Throws std::system_error.
int confine_calls(bool may_change_modes);

// Waits for one call of socket() on the descriptor and refuses it. Was it for
// the network (and not, say, AF_UNIX)?
bool refuse_socket(int listener);

}  // namespace grader
