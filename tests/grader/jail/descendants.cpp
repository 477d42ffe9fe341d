#include "tests/grader/jail/descendants.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "common/unique_fd.hpp"

namespace grader {

namespace {

struct Process {
  pid_t pid;
  pid_t parent;
  bool dead;
  std::size_t resident;
};

// "12 (a name) S 1 ..." in /proc/12/stat; a name may have parentheses.
bool read_process(pid_t pid, Process& process) {
  const std::string file = "/proc/" + std::to_string(pid) + "/stat";
  const common::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return false;
  std::array<char, 1024> text{};
  if (::read(fd.get(), text.data(), text.size() - 1) <= 0) return false;
  const char* const rest = std::strrchr(text.data(), ')');
  if (rest == nullptr || std::strlen(rest) < 5) return false;
  char* next = nullptr;
  process.pid = pid;
  process.dead = rest[2] == 'Z' || rest[2] == 'X';
  process.parent = static_cast<pid_t>(std::strtol(rest + 4, &next, 10));
  // The parent is word 4, the resident memory (in pages) word 24.
  for (int word = 5; word < 24; ++word) std::strtoll(next, &next, 10);
  process.resident = std::strtoul(next, nullptr, 10) *
                     static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return true;
}

template <class Function>
void for_each_process(Function function) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"),
                                                   ::closedir);
  if (!folder) return;
  while (const dirent* const entry = ::readdir(folder.get())) {
    const auto pid = static_cast<pid_t>(std::atoi(entry->d_name));
    if (pid > 0) function(pid);
  }
}

// Appends the numbers in /proc/12/task/*/children; false if there are no such
// files.
bool add_children(pid_t pid, std::vector<pid_t>& family) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()),
                                                   ::closedir);
  bool found = false;
  while (const dirent* const entry =
             folder ? ::readdir(folder.get()) : nullptr) {
    if (entry->d_name[0] == '.') continue;
    std::ifstream list(tasks + "/" + entry->d_name + "/children");
    found |= list.is_open();
    for (pid_t child = 0; list >> child;) family.push_back(child);
  }
  return found;
}

}  // namespace

void adopt_orphans() {
#ifdef __linux__
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
    common::throw_errno("prctl(PR_SET_CHILD_SUBREAPER)");
  }
#endif
}

std::vector<Descendant> descendants() {
  std::vector<Process> all;
  for_each_process([&](pid_t pid) {
    Process process{};
    if (read_process(pid, process)) all.push_back(process);
  });
  std::vector<pid_t> family = {::getpid()};
  std::vector<Descendant> found;
  for (std::size_t i = 0; i < family.size(); ++i) {
    for (const Process& process : all) {
      if (process.parent != family[i]) continue;
      // A loop is possible: the list does not show a single moment.
      if (std::find(family.begin(), family.end(), process.pid) !=
          family.end()) {
        continue;
      }
      family.push_back(process.pid);
      if (!process.dead) found.push_back({process.pid, process.resident});
    }
  }
  return found;
}

std::size_t memory_of_descendants() {
  std::vector<pid_t> family;
  if (!add_children(::getpid(), family)) {  // a kernel without such lists
    std::size_t sum = 0;
    for (const Descendant& one : descendants()) sum += one.resident;
    return sum;
  }
  std::size_t sum = 0;
  for (std::size_t i = 0; i < family.size(); ++i) {
    Process process{};
    if (read_process(family[i], process) && !process.dead) {
      sum += process.resident;
    }
    add_children(family[i], family);
  }
  return sum;
}

std::size_t end_descendants() {
  std::size_t first = 0;
  for (int round = 0;; ++round) {
    // Orphans become our children: without a child, no descendant is left.
    if (::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) return first;
    const std::vector<Descendant> running = descendants();
    if (round == 0) first = running.size();
    for (const Descendant& one : running) ::kill(one.pid, SIGKILL);
    pid_t pid = 0;
    do {
      pid = ::waitpid(-1, nullptr, WNOHANG);
    } while (pid > 0 || (pid < 0 && errno == EINTR));
    if (pid < 0) return first;  // no children, so no descendants
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::size_t threads_of(uid_t user) {
  std::size_t count = 0;
  for_each_process([&](pid_t pid) {
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    struct stat about{};
    if (::stat(tasks.c_str(), &about) == 0 && about.st_uid == user) {
      count += about.st_nlink - 2;
    }
  });
  return count;
}

}  // namespace grader
