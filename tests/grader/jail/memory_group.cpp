#include "tests/grader/jail/memory_group.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>

#include "common/unique_fd.hpp"
#include "tests/grader/jail/usage.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "workbook-";  // and the number of the jail

bool write_to(const std::string& file, const std::string& text) {
  const common::UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) ==
                   static_cast<ssize_t>(text.size());
}

bool has_word(const std::string& text, std::string_view word) {
  std::istringstream words(text);
  for (std::string one; words >> one;) {
    if (one == word) return true;
  }
  return false;
}

// Removes the groups of jails that were killed; the kernel keeps those in use.
void remove_abandoned(const std::string& parent) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kName)) continue;
    const pid_t pid = std::atoi(name.c_str() + kName.size());
    if (pid > 0 && ::kill(pid, 0) < 0 && errno == ESRCH) {
      ::rmdir(entry.path().c_str());
    }
  }
}

// A new group with this limit, or nothing.
std::string made_in(const std::string& parent, const char* limit,
                    std::size_t bytes) {
  std::string group =
      parent + "/" + std::string(kName) + std::to_string(::getpid());
  if (::mkdir(group.c_str(), 0755) < 0) return {};
  remove_abandoned(parent);
  if (write_to(group + limit, std::to_string(bytes))) return group;
  ::rmdir(group.c_str());
  return {};
}

// "0::/path" (version 2) and "4:memory:/path" (version 1): a group may be made
// beside ours, or further up. In a container the path may not exist there.
std::string make_group(std::size_t bytes) {
  std::ifstream ours("/proc/self/cgroup");
  for (std::string line; std::getline(ours, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers =
        "," + line.substr(first + 1, second - first - 1) + ",";
    const bool second_version = controllers == ",,";
    if (!second_version && controllers.find(",memory,") == std::string::npos)
      continue;
    const std::string root =
        second_version ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    std::string parent = root + line.substr(second + 1);
    while (parent.ends_with('/')) parent.pop_back();
    for (; parent.size() >= root.size(); parent.erase(parent.rfind('/'))) {
      if (second_version &&
          !has_word(text_of(parent + "/cgroup.subtree_control"), "memory")) {
        continue;
      }
      std::string group = made_in(
          parent, second_version ? "/memory.max" : "/memory.limit_in_bytes",
          bytes);
      if (!group.empty()) return group;
    }
  }
  return {};
}

}  // namespace

MemoryGroup::MemoryGroup(std::size_t bytes, std::size_t processes)
    : folder_(make_group(bytes)) {
  if (folder_.empty()) return;
  // Not every kernel has these files.
  write_to(folder_ + "/memory.swap.max", "0");
  write_to(folder_ + "/memory.memsw.limit_in_bytes", std::to_string(bytes));
  write_to(folder_ + "/memory.oom.group", "1");
  write_to(folder_ + "/pids.max", std::to_string(processes));
}

MemoryGroup::~MemoryGroup() {
  if (folder_.empty()) return;
  // The kernel needs a moment after the last process has been waited for.
  for (int i = 0; i < 100 && ::rmdir(folder_.c_str()) < 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void MemoryGroup::join() const {
  if (!folder_.empty()) write_to(folder_ + "/cgroup.procs", "0");
}

bool MemoryGroup::has_killed() const {
  if (folder_.empty()) return false;
  for (const char* const file : {"/memory.events", "/memory.oom_control"}) {
    std::istringstream words(text_of(folder_ + file));
    for (std::string word; words >> word;) {
      std::size_t count = 0;
      if (word == "oom_kill" && words >> count && count > 0) return true;
    }
  }
  return false;
}

}  // namespace grader
