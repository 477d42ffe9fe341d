#include "tests/grader/class/intake.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

#include "common/unique_fd.hpp"
#include "tests/grader/judge/clean_text.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;
using common::UniqueFd;

constexpr std::size_t kMostIgnored = 50;
constexpr int kDeepest = 8;

// Opens folder by folder, and follows no link. -1 and errno if that fails.
UniqueFd open_below(int folder, const fs::path& path) {
  UniqueFd at(::dup(folder));
  for (auto part = path.begin(); part != path.end(); ++part) {
    const bool last = std::next(part) == path.end();
    // O_NONBLOCK: opening a pipe without a writer must not block us.
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
                      (last ? 0 : O_DIRECTORY);
    UniqueFd next(::openat(at.get(), part->c_str(), flags));
    if (!next) return next;
    at = std::move(next);
  }
  return at;
}

// Reads the file, or says why not.
void read_plain(const UniqueFd& fd, TakenFile& file) {
  struct stat about{};
  if (::fstat(fd.get(), &about) < 0) {
    file.refusal = std::strerror(errno);
    return;
  }
  if (!S_ISREG(about.st_mode)) {
    file.refusal = "is not a plain file";
    return;
  }
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) file.refusal = std::strerror(errno);
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() <= kLargestFile) continue;
    file.refusal = fmt::format("has more than {} KiB", kLargestFile >> 10U);
    return;
  }
  if (file.refusal.empty()) file.text = std::move(text);
}

TakenFile take(int folder, const Exercise& exercise) {
  TakenFile file;
  file.exercise = &exercise;
  for (const std::string& where : {exercise.id() + ".cpp", exercise.learner}) {
    const UniqueFd fd = open_below(folder, where);
    if (fd) {
      file.where = where;
      read_plain(fd, file);
      return file;
    }
    // For a link, some systems say EMLINK or EFTYPE.
    if (errno == ENOENT || errno == ENOTDIR) continue;
    file.where = where;
    file.refusal =
        errno == ELOOP ? "is a link" : std::string(std::strerror(errno));
    return file;
  }
  return file;
}

void list_others(const fs::path& folder, const fs::path& below, int depth,
                 const std::set<std::string>& taken,
                 std::vector<std::string>& names) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder / below, error)) {
    if (names.size() >= 20 * kMostIgnored) return;
    const fs::path name = below / entry.path().filename();
    const fs::file_status status = entry.symlink_status(error);
    if (fs::is_directory(status) && depth < kDeepest) {
      list_others(folder, name, depth + 1, taken, names);
    } else if (taken.count(name.string()) == 0) {
      names.push_back(escaped(name.string()) +
                      (fs::is_symlink(status) ? " (a link)" : ""));
    }
  }
}

}  // namespace

Class students_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw GraderError(fmt::format("there is no folder {}", folder.string()));
  }
  Class found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.front() == '.') continue;
    const bool plain =
        entry.symlink_status().type() == fs::file_type::directory;
    (plain ? found.students : found.others).push_back(name);
  }
  if (found.students.empty()) {
    throw GraderError(
        fmt::format("there is no folder of a student in {}", folder.string()));
  }
  std::sort(found.students.begin(), found.students.end());
  std::sort(found.others.begin(), found.others.end());
  return found;
}

Intake take_in(const fs::path& submission,
               const std::vector<const Exercise*>& exercises) {
  const UniqueFd folder(
      ::open(submission.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) common::throw_errno("open(" + submission.string() + ")");
  Intake intake;
  std::set<std::string> taken;
  for (const Exercise* const exercise : exercises) {
    intake.files.push_back(take(folder.get(), *exercise));
    taken.insert(intake.files.back().where);
  }
  list_others(submission, "", 0, taken, intake.ignored);
  std::sort(intake.ignored.begin(), intake.ignored.end());
  if (intake.ignored.size() > kMostIgnored) {
    const std::size_t more = intake.ignored.size() - kMostIgnored;
    intake.ignored.resize(kMostIgnored);
    intake.ignored.push_back(fmt::format("and {} more", more));
  }
  return intake;
}

}  // namespace grader
