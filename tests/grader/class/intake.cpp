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
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/clean_text.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;
using common::UniqueFd;

constexpr std::size_t kMostIgnored = 50;
constexpr std::size_t kMostListed = 20'000;
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

// Has the file been there, and only we could not read it? Then it is no fault
// of the student's, and there must be no grade.
[[noreturn]] void throw_unreadable(const std::string& where, int error) {
  throw GraderError(
      fmt::format("{} cannot be read: {}. Give the grader the right to read it",
                  escaped(where), std::strerror(error)));
}

// Reads the file, or says why the student may not hand in such a file.
void read_plain(const UniqueFd& fd, TakenFile& file) {
  struct stat about{};
  if (::fstat(fd.get(), &about) < 0) throw_unreadable(file.where, errno);
  if (!S_ISREG(about.st_mode)) {
    file.refusal = "is not a plain file";
    return;
  }
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_unreadable(file.where, errno);
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() <= kLargestFile) continue;
    file.refusal = fmt::format("has more than {} KiB", kLargestFile >> 10U);
    return;
  }
  file.text = std::move(text);
}

// Takes the file of this name; false if there is none.
bool take(int folder, const std::string& where, TakenFile& file) {
  const UniqueFd fd = open_below(folder, where);
  const int error = fd ? 0 : errno;
  if (error == ENOENT || error == ENOTDIR) return false;
  file.where = where;
  if (fd) {
    read_plain(fd, file);
  } else if (error == ELOOP || error == EMLINK) {  // systems differ
    file.refusal = "is a link";
  } else if (error == ENXIO) {  // a socket
    file.refusal = "is not a plain file";
  } else {
    throw_unreadable(where, error);
  }
  return true;
}

struct Listed {
  std::string name;  // below the submission
  bool plain;        // a plain file, no link
  bool link;
  int error;  // a folder that cannot be read, and why
};

// Everything in a submission that is no folder, and folders whose content is
// not looked at: a dot folder belongs to a program, such as git.
void list(const fs::path& folder, const fs::path& below, int depth,
          std::vector<Listed>& all) {
  std::error_code error;
  fs::directory_iterator at(folder / below, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (all.size() >= kMostListed) return;
    const fs::path last = at->path().filename();
    const fs::path name = below / last;
    std::error_code gone;
    const fs::file_status status = at->symlink_status(gone);
    if (fs::is_directory(status) && depth < kDeepest &&
        last.string().front() != '.') {
      list(folder, name, depth + 1, all);
    } else {
      all.push_back({name.string(), fs::is_regular_file(status),
                     fs::is_symlink(status), 0});
    }
  }
  if (error) all.push_back({below.string(), false, false, error.value()});
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool ends_with_path(const std::string& path, const std::string& end) {
  return path == end || path.ends_with("/" + end);
}

// Our solutions come with the repository, and are no student's answer.
bool is_solution(const fs::path& path) {
  return std::find(path.begin(), path.end(), "solutions") != path.end();
}

// Looks for a file that is not where it belongs: in another folder, or with
// other capitals. If there are several, the one that lies as in the repository
// is meant.
void look_for(int folder, const std::vector<Listed>& all, TakenFile& file) {
  const std::string id = lower(file.exercise->id());
  const std::string place = lower(file.exercise->learner);
  std::vector<std::string> found;
  std::vector<std::string> in_place;
  for (const Listed& one : all) {
    // The file may be in there.
    if (one.error != 0) throw_unreadable(one.name, one.error);
    const std::string name = lower(one.name);
    if (!one.plain || is_solution(name)) continue;
    const fs::path last = fs::path(name).filename();
    const std::string extension = last.extension();
    if (last == id + ".cpp") {
      found.push_back(one.name);
      if (ends_with_path(name, place)) in_place.push_back(one.name);
    } else if (last.string().find(id) != std::string::npos &&
               (extension == ".txt" || extension.starts_with(".c"))) {
      file.similar.push_back(escaped(one.name));
    }
  }
  if (in_place.size() == 1) found = in_place;
  if (found.size() == 1) {
    file.elsewhere = take(folder, found.front(), file);
    if (file.elsewhere) file.similar.clear();
    return;
  }
  for (const std::string& name : found) file.similar.push_back(escaped(name));
  std::sort(file.similar.begin(), file.similar.end());
}

}  // namespace

Class students_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw GraderError(fmt::format("there is no folder {}", folder.string()));
  }
  Class found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool hidden = name.front() == '.';
    const fs::file_type type = entry.symlink_status().type();
    if (type != fs::file_type::directory) {
      if (hidden) continue;
      found.others.push_back(
          {name, type == fs::file_type::symlink ? "a link" : "no folder"});
    } else if (hidden) {
      found.others.push_back({name, "hidden: its name begins with a dot"});
    } else {
      found.students.push_back(name);
    }
  }
  if (found.students.empty()) {
    throw GraderError(
        fmt::format("there is no folder of a student in {}", folder.string()));
  }
  std::sort(found.students.begin(), found.students.end());
  std::sort(found.others.begin(), found.others.end());
  return found;
}

void require_outside(const fs::path& out, const fs::path& submissions) {
  const fs::path inner = fs::weakly_canonical(out);
  const fs::path outer = fs::weakly_canonical(submissions);
  const auto [end, rest] =
      std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  if (end != outer.end()) return;
  throw UsageError(fmt::format(
      "--out {} is in the folder of the class, where the next run would take "
      "it for a student; choose one beside it",
      out.string()));
}

Intake take_in(const fs::path& submission,
               const std::vector<const Exercise*>& exercises) {
  const UniqueFd folder(
      ::open(submission.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) common::throw_errno("open(" + submission.string() + ")");
  std::vector<Listed> all;
  list(submission, "", 0, all);
  Intake intake;
  std::set<std::string> taken;
  for (const Exercise* const exercise : exercises) {
    TakenFile file;
    file.exercise = exercise;
    if (!take(folder.get(), exercise->id() + ".cpp", file) &&
        !take(folder.get(), exercise->learner, file)) {
      look_for(folder.get(), all, file);
    }
    taken.insert(file.where);
    intake.files.push_back(std::move(file));
  }
  for (const Listed& one : all) {
    if (taken.contains(one.name)) continue;
    intake.ignored.push_back(escaped(one.name) + (one.link ? " (a link)" : ""));
  }
  std::sort(intake.ignored.begin(), intake.ignored.end());
  if (intake.ignored.size() > kMostIgnored) {
    const std::size_t more = intake.ignored.size() - kMostIgnored;
    intake.ignored.resize(kMostIgnored);
    intake.ignored.push_back(fmt::format("and {} more", more));
  }
  return intake;
}

}  // namespace grader
