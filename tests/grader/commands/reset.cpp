// reset ID: restores the starter, and saves the learner's file beside it.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <filesystem>

#include "common/unique_fd.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/learner.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

std::string time_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::string text(32, '\0');
  text.resize(
      std::strftime(text.data(), text.size(), "%Y-%m-%d-%H%M%S", &local));
  return text;
}

// Makes a new file: for FILE.cpp in a folder, FILE.2026-11-22-153012.cpp.saved
// or, if that exists, ...-2.cpp.saved.
fs::path new_file_beside(const fs::path& file) {
  const std::string name = file.stem().string() + "." + time_stamp();
  const std::string end = file.extension().string() + ".saved";
  for (int number = 1;; ++number) {
    const std::string count = number > 1 ? fmt::format("-{}", number) : "";
    const fs::path saved =
        file.parent_path() / fmt::format("{}{}{}", name, count, end);
    const common::UniqueFd fd(
        ::open(saved.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (fd) return saved;
    if (errno != EEXIST) common::throw_errno("open(" + saved.string() + ")");
  }
}

}  // namespace

int reset(const Context& context, const Words& words) {
  if (words.size() != 1) throw UsageError("reset: which exercise?");
  const Bundle bundle = context.read(words[0]);
  const Exercise& exercise = bundle.find(words[0]);
  const fs::path file = bundle.root / exercise.learner;
  const std::string starter = read_file(exercise.starter);
  const bool exists = fs::exists(fs::symlink_status(file));
  if (exists) {
    const std::string own = read_file(file);
    if (own == starter) {
      fmt::print("{}: {} is as it came\n", exercise.id(), exercise.learner);
      return kOk;
    }
    const fs::path saved = new_file_beside(file);
    write_file(saved, own);
    fmt::print("{}: your file is saved as {}\n", exercise.id(),
               saved.lexically_relative(bundle.root).string());
  }
  write_whole(file, starter);
  fmt::print("{}: {} is as it came: begin at line {}\n", exercise.id(),
             exercise.learner, todo_line(exercise));
  return kOk;
}

}  // namespace grader
