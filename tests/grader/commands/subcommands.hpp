// The commands of the program "grader", one file each.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace grader {

// The exit statuses of commands.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // an answer did not pass
inline constexpr int kUsage = 2;
inline constexpr int kBroken = 3;         // the grader itself could not work
inline constexpr int kInterrupted = 130;  // a shell's status for Ctrl-C

struct Context {
  std::filesystem::path bundle;  // bundle.json
};
using Words = std::vector<std::string>;

// A command line that makes no sense: main() adds the command's usage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Each returns the exit status, and throws errors that it cannot handle.
int check(const Context& context, const Words& words);
int hint(const Context& context, const Words& words);
int watch(const Context& context, const Words& words);
int progress(const Context& context, const Words& words);
int solution(const Context& context, const Words& words);
int reset(const Context& context, const Words& words);
int with(const Context& context, const Words& words);
int grade(const Context& context, const Words& words);
int export_files(const Context& context, const Words& words);
int new_files(const Context& context, const Words& words);

}  // namespace grader
