#include "tests/grader/judge/folders.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

namespace grader {

namespace {

using common::UniqueFd;

constexpr int kFolder = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  // Not a copy of the descriptor, which would share its position.
  const int again = ::openat(folder, ".", O_RDONLY | kFolder);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(
      again < 0 ? nullptr : ::fdopendir(again), ::closedir);
  while (const dirent* const entry =
             entries ? ::readdir(entries.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// Removes the files in a folder, and moves its folders up into `top`, so that
// the tree never has to be climbed.
void flatten(int folder, int top, std::size_t& number) {
  for (const std::string& name : names_in(folder)) {
    if (::unlinkat(folder, name.c_str(), 0) == 0) continue;
    const UniqueFd inner = open_folder(folder, name, S_IRWXU);
    // Names that are taken: as many tries as there can be such names.
    for (std::size_t tries = 0; inner && tries < 1'000'000; ++tries) {
      const std::string moved = "moved-" + std::to_string(number++);
      if (::renameat(folder, name.c_str(), top, moved.c_str()) == 0) break;
      if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) break;
    }
  }
}

}  // namespace

UniqueFd open_folder(int parent, const std::string& name, mode_t rights) {
  UniqueFd fd(::openat(parent, name.c_str(), O_RDONLY | kFolder));
#ifdef __linux__
  struct stat about{};
  const auto has_rights = [&](int folder) {
    return ::fstat(folder, &about) == 0 &&
           (::geteuid() == 0 || (about.st_mode & rights) == rights);
  };
  if (fd && has_rights(fd.get())) return fd;
  // By its descriptor: the name could become a link to something else.
  const UniqueFd place(::openat(parent, name.c_str(), O_PATH | kFolder));
  if (!place || has_rights(place.get())) return fd;
  const std::string self = "/proc/self/fd/" + std::to_string(place.get());
  if (::chmod(self.c_str(), (about.st_mode & 07777) | rights) == 0 && !fd) {
    fd.reset(::open(self.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
#endif
  return fd;
}

bool remove_folder(const std::string& path) {
  {
    const UniqueFd top = open_folder(AT_FDCWD, path, S_IRWXU);
    std::size_t number = 0;
    bool progress = static_cast<bool>(top);
    while (progress) {
      progress = false;
      for (const std::string& name : names_in(top.get())) {
        if (::unlinkat(top.get(), name.c_str(), 0) == 0) {
          progress = true;
          continue;
        }
        if (const UniqueFd folder = open_folder(top.get(), name, S_IRWXU)) {
          flatten(folder.get(), top.get(), number);
        }
        progress |= ::unlinkat(top.get(), name.c_str(), AT_REMOVEDIR) == 0;
      }
    }
  }
  return ::rmdir(path.c_str()) == 0;
}

}  // namespace grader
