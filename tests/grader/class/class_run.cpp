#include "tests/grader/class/class_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "common/unique_fd.hpp"
#include "tests/grader/class/intake.hpp"
#include "tests/grader/class/pages.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/transcript.hpp"

extern char** environ;

namespace grader {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// The output of a unit, beside its results.
constexpr const char* kLog = "grader.log";

// Students' folders are apart from our files: a student may have any name.
fs::path folder_of(const ClassOrder& order, const std::string& name) {
  return order.out / "students" / name;
}

// Are the results of an earlier run still what this order would find out?
bool is_same(const ClassOrder& order, const std::string& name,
             const Results& results) {
  if (results.seed != order.seed || results.bundle != order.bundle ||
      results.limits != order.limits ||
      results.exercises.size() != order.exercises.size()) {
    return false;
  }
  if (results.isolation != order.isolation &&
      (order.same_isolation || !results.warning.empty())) {
    return false;
  }
  const Intake intake = take_in(order.submissions / name, order.exercises);
  for (std::size_t i = 0; i < intake.files.size(); ++i) {
    const TakenFile& file = intake.files[i];
    const ExerciseResult& result = results.exercises[i];
    const bool missing = result.state == state::kMissing;
    if (result.id != file.exercise->id() || missing != file.where.empty() ||
        result.file != (file.text ? fingerprint({*file.text}) : "")) {
      return false;
    }
  }
  return true;
}

// Complete results that are still valid, or nothing.
std::optional<Results> finished(const ClassOrder& order,
                                const std::string& name) {
  try {
    Results results =
        parse_results(read_file(folder_of(order, name) / "results.json"));
    if (!is_same(order, name, results)) return {};
    return results;
  } catch (const std::exception&) {
    return {};
  }
}

// Starts the unit of one student; its output goes to a log beside the results.
pid_t start_unit(const ClassOrder& order, const std::string& name) {
  const fs::path folder = folder_of(order, name);
  fs::create_directories(folder);
  std::vector<std::string> words = order.unit;
  for (const std::string& word :
       {std::string("--submission"), (order.submissions / name).string(),
        std::string("--out"), (folder / "results.json").string(),
        std::string("--seed"), std::to_string(order.seed)}) {
    words.push_back(word);
  }
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string log = (folder / kLog).string();
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  // In a separate process group: we pass on Ctrl-C from the terminal.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments.front(), &files, &attributes,
                                  arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    throw std::system_error(
        error, std::generic_category(),
        fmt::format("cannot run {}, or write {}", words.front(), log));
  }
  return pid;
}

// Why a unit has no results: the end of its log, or the signal that ended it.
std::string last_words(const fs::path& log, int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("the grader was ended by signal {}", WTERMSIG(status));
  }
  constexpr std::string_view kOurs = "grader: ";
  try {
    std::string words;
    for (const std::string& line : split_lines(read_file(log))) {
      if (line.starts_with(kOurs)) {
        words = line.substr(kOurs.size());
      } else if (words.empty() || words.back() == ':') {
        words += (words.empty() ? "" : " ") + line;
      }
    }
    return readable(words);
  } catch (const std::exception& error) {
    return error.what();
  }
}

class Progress {
 public:
  explicit Progress(std::size_t of)
      : of_(of), terminal_(::isatty(STDERR_FILENO) == 1) {}

  void line(const std::string& text) {
    clear();
    fmt::print("{}\n", text);
    std::fflush(stdout);
    draw();
  }
  void one_more() { ++done_; }
  // One that an earlier run has graded: it takes no time.
  void one_before() {
    ++done_;
    ++before_;
  }
  void draw() const {
    if (!terminal_) return;
    constexpr std::size_t kWidth = 30;
    fmt::print(stderr, "\r{} {} of {}{}\033[K", bar(done_, of_, kWidth), done_,
               of_, left());
  }
  void clear() const {
    if (terminal_) fmt::print(stderr, "\r\033[K");
  }

 private:
  std::string left() const {
    const std::string time =
        time_left(std::chrono::duration_cast<std::chrono::seconds>(
                      steady_clock::now() - begin_),
                  done_ - before_, of_ - done_);
    return time.empty() ? "" : ", " + time + " left";
  }

  std::size_t of_;
  bool terminal_;
  std::size_t done_ = 0;
  std::size_t before_ = 0;
  steady_clock::time_point begin_ = steady_clock::now();
};

std::string student_line(const Student& student) {
  if (!student.results) {
    return fmt::format("{}: not graded: {}", readable(student.name),
                       student.error);
  }
  const auto flags = student.results->flags();
  return fmt::format(
      "{}: {} of {} points{}", readable(student.name), student.results->score(),
      student.results->of(),
      flags.empty() ? "" : fmt::format(", {} to look at", flags.size()));
}

void write_pages(const ClassOrder& order, const std::vector<Student>& students,
                 const std::vector<Class::Other>& others) {
  for (const Student& student : students) {
    if (!student.results) continue;
    const fs::path folder = folder_of(order, student.name);
    write_whole(folder / "page.md", student_page(student, PageForm::markdown));
    write_whole(folder / "page.html", student_page(student, PageForm::html));
  }
  write_whole(order.out / "class.csv", class_csv(students));
  write_whole(order.out / "summary.md",
              summary_page(students, others, order.seed));
}

}  // namespace

std::optional<std::uint64_t> recorded_seed(const fs::path& out) {
  const fs::path file = out / "class.json";
  if (!fs::exists(file)) return {};
  try {
    return nlohmann::json::parse(read_file(file))
        .at("seed")
        .get<std::uint64_t>();
  } catch (const nlohmann::json::exception& error) {
    throw GraderError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

std::string time_left(std::chrono::seconds so_far, std::size_t done,
                      std::size_t left) {
  if (done == 0 || left == 0) return {};
  const auto seconds =
      so_far.count() * static_cast<long>(left) / static_cast<long>(done);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

namespace {

// Runs the units of these students, so many at the same time.
void run_units(const ClassOrder& order, const std::vector<Student*>& waiting,
               int jobs, Progress& progress) {
  std::map<pid_t, Student*> running;
  bool told_to_stop = false;
  progress.draw();
  for (auto next = waiting.begin();;) {
    while (!is_interrupted() && next != waiting.end() &&
           running.size() < static_cast<std::size_t>(jobs)) {
      Student& student = **next++;
      try {
        running.emplace(start_unit(order, student.name), &student);
      } catch (const std::system_error& error) {
        student.error = error.what();  // the others go on
        progress.one_more();
        progress.line(student_line(student));
      }
    }
    if (running.empty()) break;
    if (is_interrupted() && !told_to_stop) {
      for (const auto& [pid, student] : running) ::kill(pid, SIGTERM);
      told_to_stop = true;
    }
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    const auto one = running.find(pid);
    if (one == running.end()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    Student& student = *one->second;
    running.erase(one);
    const bool done = WIFEXITED(status) && WEXITSTATUS(status) == kOk;
    if (done) student.results = finished(order, student.name);
    if (done && !student.results) {
      student.error =
          "the files of this student, or of the exercises, have changed while "
          "they were graded; the same command tries again";
    } else if (!student.results) {
      student.error =
          told_to_stop
              ? "interrupted"
              : last_words(folder_of(order, student.name) / kLog, status);
    }
    if (told_to_stop && !student.results) continue;
    progress.one_more();
    progress.line(student_line(student));
  }
  progress.clear();
}

// Those who could not be graded may be the victims of others who ran at the
// same time, and filled the disk or the memory: each of them has another try,
// alone. But if it was so for all, the fault is not one of students.
void try_alone(const ClassOrder& order, const std::vector<Student*>& tried) {
  std::vector<Student*> again;
  std::string names;
  for (Student* const student : tried) {
    if (student->results) continue;
    again.push_back(student);
    names += (names.empty() ? "" : ", ") + readable(student->name);
  }
  if (order.jobs == 1 || again.empty() || again.size() == tried.size()) return;
  fmt::print("Once more, alone: {}\n", names);
  Progress progress(again.size());
  run_units(order, again, 1, progress);
}

}  // namespace

int run_class(const ClassOrder& order) {
  const Class folders = students_in(order.submissions);
  std::vector<Student> students;
  for (const std::string& name : folders.students) {
    students.push_back({name, {}, {}});
  }
  for (const Class::Other& other : folders.others) {
    fmt::print(stderr, "grader: {} is left out ({})\n", readable(other.name),
               other.why);
  }
  fs::create_directories(order.out);
  const nlohmann::json about = {{"seed", order.seed}, {"bundle", order.bundle}};
  write_whole(order.out / "class.json", about.dump(2) + "\n");

  Progress progress(students.size());
  std::vector<Student*> waiting;
  for (Student& student : students) {
    student.results = finished(order, student.name);
    if (student.results) {
      progress.one_before();
    } else {
      student.error = "interrupted before its turn";
      waiting.push_back(&student);
    }
  }
  if (waiting.size() < students.size()) {
    fmt::print("{} of {} are graded already\n",
               students.size() - waiting.size(), students.size());
  }
  const InterruptScope interrupts;
  run_units(order, waiting, order.jobs, progress);
  if (!is_interrupted()) try_alone(order, waiting);
  write_pages(order, students, folders.others);
  if (is_interrupted()) {
    fmt::print(stderr,
               "grader: interrupted. What is graded is in {}; the same command "
               "goes on from there.\n",
               order.out.string());
    return kInterrupted;
  }
  const bool all =
      std::all_of(students.begin(), students.end(),
                  [](const Student& one) { return one.results.has_value(); });
  fmt::print("{}\n", (order.out / "summary.md").string());
  return all ? kOk : kBroken;
}

}  // namespace grader
