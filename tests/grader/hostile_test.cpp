// Grades each folder of tests/grader/hostile under every isolation that this
// machine has. Its expect.ini says what is fair:
//
//   exercise = stopwatch
//   state = graded
//   score = 0
//   flags = a flag; another     # these and no others
//   needs = isolation           # without one it would succeed, or do harm
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/bundle.hpp"
#include "tests/grader/descendants.hpp"
#include "tests/grader/files.hpp"
#include "tests/grader/grade.hpp"
#include "tests/grader/transcript.hpp"

namespace {

namespace fs = std::filesystem;
using namespace grader;

std::map<std::string, std::string> read_expectation(const fs::path& file) {
  std::map<std::string, std::string> values;
  for (const std::string& line : split_lines(read_file(file))) {
    const std::size_t equal = line.find(" = ");
    if (line.empty() || line[0] == '#') continue;
    if (equal == std::string::npos) throw std::runtime_error(file.string());
    values[line.substr(0, equal)] = line.substr(equal + 3);
  }
  return values;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

std::size_t scratch_folders() {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path())) {
    const std::string name = entry.path().filename().string();
    count += name.starts_with("workbook-") ? 1U : 0U;
  }
  return count;
}

void check_submission(const fs::path& folder, const Bundle& bundle,
                      const Sandbox& sandbox) {
  auto expected = read_expectation(folder / "expect.ini");
  if (expected["needs"] == "isolation" &&
      sandbox.isolation() == Isolation::limits) {
    return;
  }
  GradeOrder order;
  order.submission = folder;
  order.exercises = {&bundle.find(expected["exercise"])};
  order.seed = 4711;
  order.limits.wall = std::chrono::seconds(3);
  order.limits.cpu = std::chrono::seconds(1);
  const std::size_t before = scratch_folders();
  const Results results = grade(bundle, order, sandbox);
  const ExerciseResult& result = results.exercises.at(0);
  CAPTURE(result.message);
  CHECK(result.state == expected["state"]);
  CHECK(std::to_string(result.score()) == expected["score"]);
  CHECK(joined(result.flags) == expected["flags"]);
  CHECK(as_json(parse_results(as_json(results))) == as_json(results));
  CHECK(descendants().empty());
  CHECK(scratch_folders() <= before);
}

}  // namespace

TEST_CASE("Hostile and unlucky submissions get the fair score") {
  // Apart from what others leave in the machine's folder.
  const ScratchDirectory own;
  fs::permissions(own.path(), kReadableToAll);
  ::setenv("TMPDIR", own.path().c_str(), 1);
  const char* const root = std::getenv("WORKBOOK_HOSTILE");
  const char* const file = std::getenv("WORKBOOK_BUNDLE");
  const char* const only = std::getenv("WORKBOOK_ONLY");
  REQUIRE(root != nullptr);
  REQUIRE(file != nullptr);
  const Bundle bundle = read_bundle(file, "stopwatch");
  const fs::path secret = bundle.find("stopwatch").solution;
  std::size_t tried = 0;
  for (const Isolation isolation :
       {Isolation::bwrap, Isolation::landlock, Isolation::limits}) {
    std::optional<Sandbox> sandbox;
    try {
      sandbox = Sandbox::choose(jail_of(bundle), secret, isolation);
    } catch (const GraderError& error) {
      WARN(error.what());
      continue;
    }
    for (const auto& entry : fs::directory_iterator(root)) {
      const std::string name = entry.path().filename().string();
      if (only != nullptr && name != only) continue;
      INFO(name_of(isolation) << ": " << name);
      check_submission(entry.path(), bundle, *sandbox);
      ++tried;
    }
  }
  CHECK(tried > 0);
}
