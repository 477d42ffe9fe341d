// The commands of the program "grader", one file each.
#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/step.hpp"

namespace grader {

// The exit statuses of commands.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // an answer did not pass
inline constexpr int kUsage = 2;
inline constexpr int kBroken = 3;         // the grader itself could not work
inline constexpr int kInterrupted = 130;  // a shell's status for Ctrl-C

struct Context {
  std::filesystem::path bundle;  // bundle.json
  // Reads it, and the steps; with an id, the rest may be left out.
  std::function<Bundle(const std::string& only)> read;
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

// Writes it at once: what follows may take a second.
void show(const std::string& text);

// The story of a step; if it is done, also the chapter's next one.
std::string story_and_next(const Bundle& bundle, const StepVerdict& verdict,
                           const Style& style);
// check, for one step.
int check_one_step(const Bundle& bundle, const Exercise& step,
                   const Style& style);
// run 2.3 ARGUMENT...: builds the reader's file and becomes the program.
int run_one_step(const Context& context, const Words& words);

}  // namespace grader
