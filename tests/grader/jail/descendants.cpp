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
};

// "12 (a name) S 1 ..." in a file "stat"; a name may have parentheses.
bool read_stat(const std::string& file, Process& process) {
  const common::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return false;
  std::array<char, 1024> text{};
  if (::read(fd.get(), text.data(), text.size() - 1) <= 0) return false;
  const char* const rest = std::strrchr(text.data(), ')');
  if (rest == nullptr || std::strlen(rest) < 5) return false;
  process.dead = rest[2] == 'Z' || rest[2] == 'X';
  process.parent = static_cast<pid_t>(std::strtol(rest + 4, nullptr, 10));
  return true;
}

template <class Function>
void for_each_number(const std::string& folder, Function function) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()),
                                                    ::closedir);
  if (!entries) return;
  while (const dirent* const entry = ::readdir(entries.get())) {
    const auto number = static_cast<pid_t>(std::atoi(entry->d_name));
    if (number > 0) function(number);
  }
}

bool read_process(pid_t pid, Process& process) {
  const std::string folder = "/proc/" + std::to_string(pid);
  process.pid = pid;
  if (!read_stat(folder + "/stat", process)) return false;
  if (!process.dead) return true;
  // Its first thread has ended. It is a zombie only if they all have.
  for_each_number(folder + "/task", [&](pid_t thread) {
    Process one{};
    const std::string number = std::to_string(thread);
    process.dead &=
        !read_stat(folder + "/task/" + number + "/stat", one) || one.dead;
  });
  return true;
}

// Appends the numbers in /proc/12/task/*/children; false if there are no such
// files.
bool add_children(pid_t pid, std::vector<pid_t>& family) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  bool found = false;
  for_each_number(tasks, [&](pid_t thread) {
    std::ifstream list(tasks + "/" + std::to_string(thread) + "/children");
    found |= list.is_open();
    for (pid_t child = 0; list >> child;) family.push_back(child);
  });
  return found;
}

// Itself and all below it, by asking every process for its parent.
std::vector<pid_t> family_by_parents(pid_t pid) {
  std::vector<Process> all;
  for_each_number("/proc", [&](pid_t number) {
    Process process{};
    if (read_process(number, process)) all.push_back(process);
  });
  std::vector<pid_t> family = {pid};  // with zombies: they may have children
  std::vector<pid_t> found = {pid};
  for (std::size_t i = 0; i < family.size(); ++i) {
    for (const Process& process : all) {
      if (process.parent != family[i]) continue;
      // A loop is possible: the list does not show a single moment.
      if (std::find(family.begin(), family.end(), process.pid) !=
          family.end()) {
        continue;
      }
      family.push_back(process.pid);
      if (!process.dead) found.push_back(process.pid);
    }
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

std::vector<pid_t> descendants() {
  std::vector<pid_t> found = family_by_parents(::getpid());
  found.erase(found.begin());
  return found;
}

std::vector<pid_t> family_of(pid_t pid) {
  std::vector<pid_t> family = {pid};
  if (!add_children(pid, family)) {  // a kernel without such lists
    return family_by_parents(pid);
  }
  for (std::size_t i = 1; i < family.size(); ++i) {
    add_children(family[i], family);
  }
  return family;
}

std::size_t end_descendants() {
  std::size_t first = 0;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (int round = 0; std::chrono::steady_clock::now() < deadline; ++round) {
    // Orphans become our children: without a child, no descendant is left.
    if (::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) return first;
    const std::vector<pid_t> running = descendants();
    if (round == 0) first = running.size();
    for (const pid_t pid : running) ::kill(pid, SIGKILL);
    pid_t pid = 0;
    do {
      pid = ::waitpid(-1, nullptr, WNOHANG);
    } while (pid > 0 || (pid < 0 && errno == EINTR));
    if (pid < 0) return first;  // no children, so no descendants
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return first;
}

std::size_t threads_of(uid_t user) {
  std::size_t count = 0;
  for_each_number("/proc", [&](pid_t pid) {
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    struct stat about{};
    if (::stat(tasks.c_str(), &about) == 0 && about.st_uid == user) {
      count += about.st_nlink - 2;
    }
  });
  return count;
}

}  // namespace grader
