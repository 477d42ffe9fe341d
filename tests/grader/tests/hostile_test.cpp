// Grades each folder of tests/grader/hostile under every isolation that this
// machine has. Its expect.ini gives the fair result:
//
//   exercise = stopwatch
//   state = graded
//   score = 0
//   flags = a flag; another     # exactly these
//   may_flag = a third          # and this one, or instead, on a busy machine
//   waits = yes                 # for the end of its time, which is short then
//   budget = 2                  # for all cases together: so many times the
//                               # time of one
//
// Where nothing confines a program (limits), an attack must succeed: otherwise
// a faulty attack would look like a good sandbox everywhere else.
//
//   unconfined_state = graded
//   unconfined_score = 3        # or: not tried, if it would do harm, or
//   unconfined_flags =          # depends on the machine
//   unconfined_as = user        # not where the grader is root: then each
//                               # program has a separate user
//   connects = unconfined       # it reaches @PORT@; or: never, the default
//   writes = unconfined         # it leaves a file in @OUTSIDE@; or: never
//
// In the submissions @PORT@ is a port on this machine where this test listens,
// @OUTSIDE@ a folder in which all users may write, @ROOT@ the repository, and
// @REFERENCE@ our solution as a program. Beside each scratch folder there is
// one that looks like another student's and is open to all users.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/grader/class/grade.hpp"
#include "tests/grader/jail/descendants.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace {

namespace fs = std::filesystem;
using namespace grader;

std::map<std::string, std::string> read_expectation(const fs::path& file) {
  std::map<std::string, std::string> values;
  for (const std::string& line : split_lines(read_file(file))) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t equal = line.find(" =");
    if (equal == std::string::npos) throw std::runtime_error(file.string());
    values[line.substr(0, equal)] =
        line.size() > equal + 3 ? line.substr(equal + 3) : "";
  }
  return values;
}

template <class Texts>
std::string joined(const Texts& texts) {
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

// Listens on a port of this machine, and counts connections.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const where = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(fd_.get(), where, size) == 0);
    REQUIRE(::listen(fd_.get(), 16) == 0);
    REQUIRE(::getsockname(fd_.get(), where, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  int port() const { return port_; }
  bool was_reached() const {
    bool any = false;
    while (common::UniqueFd(::accept(fd_.get(), nullptr, nullptr))) any = true;
    return any;
  }

 private:
  common::UniqueFd fd_;
  int port_ = 0;
};

void replace_all(std::string& text, const std::string& from,
                 const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The surroundings of the submissions.
class Surroundings {
 public:
  explicit Surroundings(const Bundle& bundle) : bundle_(bundle) {
    fs::permissions(own_.path(), kReadableToAll);
    ::setenv("TMPDIR", own_.path().c_str(), 1);
    fs::create_directory(outside());
    fs::permissions(outside(), fs::perms::all);
    fs::create_directory(own_.path() / "workbook-another");
    write_file(own_.path() / "workbook-another" / "stopwatch.cpp", "\n");
    fs::permissions(own_.path() / "workbook-another", kReadableToAll);
  }

  // A copy of the folder, with @PORT@ and the like filled in.
  fs::path placed(const fs::path& folder) const {
    const fs::path copy = own_.path() / "submission";
    fs::remove_all(copy);
    fs::copy(folder, copy,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    for (const auto& entry : fs::recursive_directory_iterator(copy)) {
      if (entry.is_symlink() || entry.path().extension() != ".cpp" ||
          !entry.is_regular_file()) {
        continue;
      }
      std::string text = read_file(entry.path());
      if (text.find('@') == std::string::npos) continue;
      replace_all(text, "@PORT@", std::to_string(listener_.port()));
      replace_all(text, "@OUTSIDE@", outside().string());
      replace_all(text, "@ROOT@", bundle_.root.string());
      replace_all(text, "@REFERENCE@",
                  bundle_.find("stopwatch").reference.string());
      write_file(entry.path(), text);
    }
    return copy;
  }
  bool was_reached() const { return listener_.was_reached(); }
  bool was_written_to() const {
    bool any = false;
    for (const auto& entry : fs::directory_iterator(outside())) {
      fs::remove_all(entry.path());
      any = true;
    }
    return any;
  }

 private:
  fs::path outside() const { return own_.path() / "outside"; }

  const Bundle& bundle_;
  ScratchDirectory own_;
  Listener listener_;
};

// What was expected of a submission and did not come true: said where it
// happens, and kept for the end of the log.
class Differences {
 public:
  // Of the submission that follows.
  void begin(const std::string& name, const ExerciseResult& result) {
    name_ = name;
    messages_ = result.message;
    for (const CaseResult& one : result.cases) {
      messages_ += fmt::format("\n{}: {}", one.name, one.message);
    }
  }
  template <class T>
  void expect(const char* what, const T& got, const T& wanted) {
    if (got == wanted) return;
    const std::string line =
        fmt::format("{}: {} '{}', not '{}'\n", name_, what, got, wanted);
    FAIL_CHECK(line << messages_);
    all_ += line;
  }
  const std::string& all() const { return all_; }

 private:
  std::string name_;
  std::string messages_;
  std::string all_;
};

// A limit that was reached is in a message, with its number.
void check_limits_are_told(const ExerciseResult& result,
                           const std::string& flags, Differences& differences) {
  if (result.state != state::kGraded) return;
  std::string messages;
  for (const CaseResult& one : result.cases) messages += one.message;
  const auto has = [&](const char* words) {
    return messages.find(words) != std::string::npos;
  };
  const auto is_told = [&](const char* flag, const char* words) {
    differences.expect(
        words, flags.find(flag) == std::string::npos || has(words), true);
  };
  is_told("filled more memory", "more than 512 MB of memory");
  is_told("filled more disk", "with more than 64 MB");
  is_told("not all was run", "not run: ");
  // Its own supervisor's end is the end of a program, and no limit.
  if (flags.find("killed its supervisor") == std::string::npos) {
    differences.expect("signal 9", has("signal 9"), false);
  }
}

void check_submission(const fs::path& folder, const Bundle& bundle,
                      const Surroundings& surroundings, const Sandbox& sandbox,
                      Differences& differences) {
  auto expected = read_expectation(folder / "expect.ini");
  if (sandbox.isolation() == Isolation::limits) {
    const auto score = expected.find("unconfined_score");
    if (score != expected.end() && score->second == "not tried") return;
    if (expected["unconfined_as"] != "user" || ::geteuid() != 0) {
      for (const char* const key : {"state", "score", "flags"}) {
        const auto other = expected.find(std::string("unconfined_") + key);
        if (other != expected.end()) expected[key] = other->second;
      }
    }
  }
  const bool confined = sandbox.isolation() != Isolation::limits;
  GradeOrder order;
  order.submission = surroundings.placed(folder);
  order.exercises = {&bundle.find(expected["exercise"])};
  order.seed = 4711;
  if (expected["waits"] == "yes") {
    order.limits.wall = std::chrono::seconds(3);
    order.limits.cpu = std::chrono::seconds(1);
  } else if (expected["flags"].find("filled more") != std::string::npos) {
    // It ends as soon as it is full. On a busy machine that takes a while.
    order.limits.wall = std::chrono::seconds(120);
    order.limits.cpu = std::chrono::seconds(60);
  }
  if (expected.contains("budget")) order.budget = std::stoi(expected["budget"]);
  const auto before = joined(names_in(fs::temp_directory_path()));
  const Results results = grade(bundle, order, sandbox);
  const ExerciseResult& result = results.exercises.at(0);
  std::vector<std::string> certain = result.flags;
  const bool other = std::erase(certain, expected["may_flag"]) > 0;
  const std::string flags = joined(certain);
  differences.begin(fmt::format("{} under {}", folder.filename().string(),
                                name_of(sandbox.isolation())),
                    result);
  differences.expect("state", result.state, expected["state"]);
  differences.expect("score", std::to_string(result.score()),
                     expected["score"]);
  if (!other || !flags.empty()) {
    differences.expect("flags", flags, expected["flags"]);
  }
  for (const CaseResult& one : result.cases) {
    // The message has nothing of the hidden inputs.
    differences.expect(
        "message about other inputs",
        one.message.find("right with the inputs that check takes") !=
            std::string::npos,
        flags.find("fails hidden: " + one.name) != std::string::npos);
  }
  const auto succeeds = [&](const char* attack) {
    return expected[attack] == "unconfined" && !confined;
  };
  differences.expect("connects", surroundings.was_reached(),
                     succeeds("connects"));
  differences.expect("writes outside", surroundings.was_written_to(),
                     succeeds("writes"));
  differences.expect("results read again",
                     as_json(parse_results(as_json(results))),
                     as_json(results));
  differences.expect("processes left", descendants().size(), std::size_t{0});
  differences.expect("temporary files",
                     joined(names_in(fs::temp_directory_path())), before);
  check_limits_are_told(result, flags, differences);
}

// The isolation of this run, or all.
std::vector<Isolation> wanted_isolations() {
  const char* const wanted = std::getenv("WORKBOOK_ISOLATION");
  if (wanted != nullptr) return {isolation_named(wanted)};
  return {Isolation::bwrap, Isolation::landlock, Isolation::limits};
}

}  // namespace

TEST_CASE("Hostile and unlucky submissions get the fair score") {
  const char* const root = std::getenv("WORKBOOK_HOSTILE");
  const char* const file = std::getenv("WORKBOOK_BUNDLE");
  const char* const only = std::getenv("WORKBOOK_ONLY");
  REQUIRE(root != nullptr);
  REQUIRE(file != nullptr);
  const Bundle bundle = read_bundle(file);
  // A separate folder for temporary files: others may leave theirs in /tmp.
  const Surroundings surroundings(bundle);
  const fs::path secret = bundle.find("stopwatch").solution;
  std::size_t tried = 0;
  Differences differences;
  for (const Isolation isolation : wanted_isolations()) {
    std::optional<Sandbox> sandbox;
    try {
      sandbox = Sandbox::choose(jail_of(bundle), secret, isolation);
    } catch (const GraderError& error) {
      // With this line CTest skips a test that tries nothing else.
      fmt::print("Not tried: {}\n", error.what());
      continue;
    }
    for (const auto& entry : fs::directory_iterator(root)) {
      const std::string name = entry.path().filename().string();
      if (only != nullptr && name != only) continue;
      INFO(name_of(isolation) << ": " << name);  // if the grader itself fails
      check_submission(entry.path(), bundle, surroundings, *sandbox,
                       differences);
      ++tried;
    }
  }
  CHECK(tried > 0);
  CHECK(differences.all() == "");
}
