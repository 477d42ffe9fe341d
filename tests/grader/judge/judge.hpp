// Judges a learner's file: compiles it with the exercise's probe, runs each
// case in a separate process, and compares its report with the same probe's
// report about our solution.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/sanitizers.hpp"

namespace grader {

inline constexpr std::uint64_t kVisibleSeed = 1;

// The limits of a case. Memory is what it uses, not what it has mapped.
struct Limits {
  std::chrono::milliseconds wall = std::chrono::seconds(10);
  std::chrono::seconds cpu{5};
  std::size_t memory = 512U << 20U;
  std::size_t output = 64U << 10U;
};

std::string in_words(const Limits& limits);

// Starts a program: run() itself, or a sandbox.
using Runner = std::function<Result(const Request&)>;

// --- Compiling ---------------------------------------------------------------

struct Compiled {
  enum class Failure {
    none,
    does_not_compile,
    lacks_definitions,  // the linker misses what the contract declares
    defines_twice,      // the linker found something twice, such as main()
    is_utf16,           // the file, which compilers do not read
    compiler_failed,    // in itself, at this file
    stopped,            // the compiler, at a limit
    killed,             // the compiler, and not by us
  };
  Failure failure = Failure::none;
  // The function that is missing or there twice; or the limit: "after 60
  // seconds".
  std::string what;
  int line = 0;          // of the learner's file, the first that is named
  std::string error;     // the first error's own words, or why it took too long
  std::string messages;  // everything that the compiler said

  explicit operator bool() const { return failure == Failure::none; }
};

// One call of the compiler, in the root of the repository, so that its messages
// name files as the learner does: flags, the source, and more. `source` may be
// relative to the root.  Throws GraderError if there is no compiler.
Compiled call_compiler(const Bundle& bundle,
                       const std::filesystem::path& source,
                       const std::vector<std::string>& flags,
                       const std::vector<std::string>& more,
                       const Runner& runner = run);

// The call for an exercise, with a watch or without.
Compiled compile(const Bundle& bundle, const Exercise& exercise,
                 const std::filesystem::path& source,
                 const std::filesystem::path& program,
                 const Runner& runner = run, const Watch* watch = nullptr);

// The same call for an object: a probe that CMake does not know of.
Compiled compile_object(const Bundle& bundle,
                        const std::filesystem::path& source,
                        const std::filesystem::path& object);

// Finds out what the messages of a compiler or linker mean.
Compiled explain_messages(const std::string& messages,
                          const std::string& source);

// Is the text saved as UTF-16, as some editors on Windows do?
bool is_utf16(std::string_view text);

// --- Running -----------------------------------------------------------------

// One line of a probe's report.
struct Line {
  enum class Kind { step, see, end, other };
  Kind kind = Kind::other;
  std::string what;      // escaped, as it came
  std::string value;     // of a "see"
  std::string why = {};  // why it matters, if the probe said so

  // Compares the report, without the reason.
  friend bool operator==(const Line& a, const Line& b) {
    return a.kind == b.kind && a.what == b.what && a.value == b.value;
  }
};
std::vector<Line> parse_report(const std::string& report);

struct CaseRun {
  std::vector<Line> lines;
  std::optional<Finding> finding;  // of a sanitizer
  Result process;  // its `out` has the program's own output, errors too

  bool ended() const;     // Did the case reach its end?
  bool in_order() const;  // And the program: status 0, within its limits?
};

// The only function that starts a learner's program.
CaseRun run_case(const std::filesystem::path& program, const std::string& name,
                 std::uint64_t seed, const Limits& limits,
                 const Runner& runner = run);
// What a program with sanitizers needs in its environment; ":option=1" is added
// to the options of AddressSanitizer.
Request watched_request(std::string_view more_for_memory = {});
// The same for such a program. The sanitizers' first finding is in `finding`,
// with lines of the learner's file `source`.
CaseRun run_watched_case(const std::filesystem::path& program,
                         const std::string& name, std::uint64_t seed,
                         const Limits& limits, const std::string& source,
                         const Runner& runner = run);

// Runs our own solution. Throws GraderError if it cannot be started or does not
// end in order.
CaseRun run_reference(const Exercise& exercise, const std::string& name,
                      std::uint64_t seed, const Limits& limits,
                      const Runner& runner = run);

// --- Comparing ---------------------------------------------------------------

struct CaseVerdict {
  CaseInfo info;
  CaseRun expected;
  CaseRun got;
  // The first line that differs; the number of lines if only the end of the
  // program was wrong; nothing if the case passes.
  std::optional<std::size_t> difference;

  bool passed() const { return !difference; }
  int points() const { return passed() ? info.points : 0; }
};

struct Verdict {
  std::vector<CaseVerdict> cases;

  int points() const;
  bool passed() const;
  std::size_t failures() const;
};

CaseVerdict compare_case(const CaseInfo& info, CaseRun expected, CaseRun got);

// Runs a case with the learner's program, which the runner starts, and with
// ours. If a random story differs, the verdict is about the shortest part of it
// that does. Throws as run_reference() does.
CaseVerdict judge_case(const Exercise& exercise,
                       const std::filesystem::path& program,
                       const CaseInfo& info, std::uint64_t seed,
                       const Limits& limits, const Runner& runner = run);

// The same for a program with sanitizers: it fails if one finds something, and
// has no runs otherwise. `source` is the file whose lines are named.
CaseVerdict judge_watched_case(const Exercise& exercise,
                               const std::filesystem::path& program,
                               const std::string& source, const CaseInfo& info,
                               std::uint64_t seed, const Limits& limits,
                               const Runner& runner = run);

// Throws as run_reference() does.
Verdict judge(const Bundle& bundle, const Exercise& exercise,
              const std::filesystem::path& program,
              std::uint64_t seed = kVisibleSeed, Limits limits = {});

// Runs the cases that have passed once more, with a program that has
// sanitizers. If one finds something, the case has failed.
void judge_watched(const Exercise& exercise,
                   const std::filesystem::path& program,
                   const std::string& source, Verdict& verdict,
                   std::uint64_t seed = kVisibleSeed, Limits limits = {});

}  // namespace grader
