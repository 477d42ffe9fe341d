#include "tests/grader/class/grade.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/unique_fd.hpp"
#include "tests/grader/class/intake.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/own_words.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// Of a compiler's messages, for students.
constexpr std::size_t kMostMessage = 8U << 10U;
constexpr std::size_t kMostLines = 40;

// The compiler's limits: as good as none for an answer. Of the two times the
// first one decides, even on a busy machine.
constexpr auto kCompilersCpu = std::chrono::seconds(30);
constexpr auto kCompilersTime = std::chrono::seconds(120);
constexpr std::size_t kCompilersMemory = 640U << 20U;
constexpr std::size_t kCompilersDisk = 128U << 20U;

// Things that a case, or the compiler, did and that a person should know of.
struct Noticed {
  bool network = false;
  bool leftovers = false;
  bool memory = false;
  bool disk = false;
  bool jail_killed = false;

  void add(const Confined& confined) {
    network |= confined.network;
    leftovers |= confined.leftovers;
    memory |= confined.result.too_much_memory;
    disk |= confined.result.too_much_disk;
    jail_killed |= confined.jail_killed;
  }
};

// The headers that a student's file may include, of contracts and chapters:
// file by file, since the same folders may also contain answers.
void add_headers(const fs::path& folder, std::vector<std::string>& files) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".hpp") {
      files.push_back(entry.path().string());
    }
  }
}

std::vector<std::string> readable_to_compilers(const Bundle& bundle,
                                               const Exercise& exercise) {
  std::vector<std::string> files;
  add_headers(bundle.root / "chapters", files);
  add_headers(bundle.root / "common", files);
  files.push_back((bundle.build / "learner.hpp").string());
  files.push_back((bundle.build / "learner.hpp.gch").string());
  std::vector<const std::vector<std::string>*> words = {&exercise.probe,
                                                        &exercise.libraries};
  for (const Watch* const watch : bundle.watches_of(exercise)) {
    const fs::path header = bundle.build / ("learner_" + watch->name + ".hpp");
    files.push_back(header.string());
    files.push_back(header.string() + ".gch");
    words.push_back(&exercise.watched_probe.at(watch->name));
  }
  for (const auto* const more : words) {
    for (const std::string& word : *more) {
      if (word.front() == '/') files.push_back(word);
    }
  }
  // A compiler that is not in the system's folders: its own, without the bin.
  std::error_code error;
  const fs::path compiler = fs::canonical(bundle.compiler, error);
  if (error) {
    throw GraderError(fmt::format(
        "the compiler {}: {}; './workbook doctor' tells what is missing",
        bundle.compiler, error.message()));
  }
  if (!compiler.string().starts_with("/usr/")) {
    files.push_back(compiler.parent_path().parent_path().string());
  }
  return files;
}

void replace_all(std::string& text, const std::string& from,
                 const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The object of a compiler that also links has a random name: /tmp/ccAbC123.o,
// or stopwatch-abc123.o. Calls it ID.o.
void name_object(std::string& text, const std::string& id) {
  constexpr std::string_view kEnd = ".o";
  constexpr std::size_t kRandom = 6;
  for (const std::string& begin : {std::string("cc"), id + "-"}) {
    const std::size_t size = begin.size() + kRandom;
    for (std::size_t at = text.find(begin); at != std::string::npos;
         at = text.find(begin, at + 1)) {
      const bool whole = at == 0 || text[at - 1] == ' ' || text[at - 1] == '/';
      if (whole && text.compare(at + size, kEnd.size(), kEnd) == 0) {
        text.replace(at, size, id);
      }
    }
  }
}

class Unit {
 public:
  // `spent`: what the programs of this submission have taken so far.
  Unit(const Bundle& bundle, const Exercise& exercise, const GradeOrder& order,
       const Sandbox& sandbox, std::chrono::nanoseconds& spent)
      : bundle_(bundle),
        exercise_(exercise),
        order_(order),
        sandbox_(sandbox),
        spent_(spent),
        limits_(order.limits) {
    if (bundle.sanitized) limits_.memory = 0;  // they reserve terabytes
  }

  ExerciseResult grade(const TakenFile& file) {
    result_.id = exercise_.id();
    result_.title = exercise_.manifest.title;
    for (const CaseInfo& info : exercise_.manifest.cases) {
      result_.cases.push_back({info.name, info.title, 0, info.points, ""});
    }
    if (file.where.empty()) {
      std::string message = fmt::format("there is no {}.cpp", exercise_.id());
      if (!file.similar.empty()) {
        message += fmt::format("; is it one of these? {}",
                               fmt::join(file.similar, ", "));
        flag(fmt::format("not handed in under its name: {}",
                         fmt::join(file.similar, ", ")));
      }
      return ended(state::kMissing, message);
    }
    if (file.elsewhere) result_.from = escaped(file.where);
    if (!file.text) {
      return ended(state::kRefused,
                   fmt::format("{} {}", escaped(file.where), file.refusal));
    }
    result_.file = fingerprint({*file.text});
    const std::string starter = read_file(exercise_.starter);
    if (*file.text == starter) {
      return ended(state::kNotStarted, "this is the starter as it came");
    }
    if (is_spent()) {
      const auto& cases = exercise_.manifest.cases;
      for (std::size_t i = 0; i < cases.size(); ++i) {
        result_.cases[i].message = told(cases[i], not_run());
      }
      return ended(state::kGraded, "");
    }
    const fs::path program = programs_.path() / "student";
    const Compiled compiled = build(*file.text, program);
    for (const std::string& name :
         names_used(*file.text, exercise_.manifest.forbids)) {
      flag("uses the piece it was to write: " + name);
    }
    if (!compiled) {
      require_compiler(compiled, starter);
      return ended(state::kDoesNotCompile, told(compiled));
    }
    look_for_silencers(*file.text, program);
    result_.state = state::kGraded;
    const auto& cases = exercise_.manifest.cases;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      judge_case(program, cases[i], result_.cases[i]);
    }
    for (const Watch* const watch : bundle_.watches_of(exercise_)) {
      if (result_.score() > 0 && !is_spent()) judge_watched(*file.text, *watch);
    }
    return ended(state::kGraded, "");
  }

 private:
  ExerciseResult ended(std::string_view state, std::string message) {
    result_.state = state;
    result_.message = std::move(message);
    if (noticed_.network) flag("tried to reach the network");
    if (noticed_.leftovers) flag("left processes behind");
    if (noticed_.jail_killed) flag("killed its supervisor");
    if (noticed_.memory) flag("filled more memory than allowed");
    if (noticed_.disk) flag("filled more disk than allowed");
    if (not_all_) {
      flag(fmt::format("not all was run: {} s for this submission were used up",
                       in_seconds(budget())));
    }
    return std::move(result_);
  }
  void flag(std::string text) {
    auto& flags = result_.flags;
    if (std::find(flags.begin(), flags.end(), text) == flags.end()) {
      flags.push_back(std::move(text));
    }
  }

  std::chrono::milliseconds budget() const {
    return order_.budget * order_.limits.wall;
  }
  static long in_seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  }
  // Has the submission taken so much time that its other cases are not run?
  bool is_spent() {
    not_all_ |= spent_ >= budget();
    return not_all_;
  }
  std::string not_run() const {
    return fmt::format(
        "not run: the cases before this one took {} s, and all cases of a "
        "submission have {} s",
        in_seconds(spent_), in_seconds(budget()));
  }

  void look_for_silencers(const std::string& text, const fs::path& program) {
    for (const std::string& name : silencers_in(text, read_file(program))) {
      flag("tells sanitizers to look away: " + name);
    }
  }

  // In a sandbox, from nothing but the text. The program ends up where no
  // student's process can write.
  Compiled build(const std::string& text, const fs::path& program,
                 const Watch* watch = nullptr) {
    if (is_utf16(text)) {
      Compiled refused;
      refused.failure = Compiled::Failure::is_utf16;
      return refused;
    }
    const ScratchDirectory scratch;
    // As in the repository, so that messages name it as check does.
    const fs::path source = exercise_.learner;
    fs::create_directories((scratch.path() / source).parent_path());
    write_file(scratch.path() / source, text);
    const fs::path made = scratch.path() / "program";
    const Runner runner = [&](Request request) {
      // What the file includes from its own folder; and warnings are for check:
      // here they cost nothing, however many there are.
      const std::string folder = (bundle_.root / source).parent_path().string();
      request.arguments.insert(request.arguments.begin(),
                               {"-iquote", folder, "-w"});
      sandbox_.give(scratch.path());
      Allowed allowed;
      allowed.scratch = scratch.path();
      allowed.read = readable_to_compilers(bundle_, exercise_);
      allowed.compiles = true;
      allowed.processes = 256;
      allowed.memory = kCompilersMemory;
      allowed.disk = kCompilersDisk;
      request.timeout = kCompilersTime;
      request.most_output = 1U << 20U;
      request.limits.cpu = kCompilersCpu;
      request.limits.memory = allowed.memory;
      request.limits.file_size = kCompilersDisk;
      request.environment.emplace_back("GCC_COLORS", "");
      Confined confined = run_with_room(request, allowed);
      // A linker may still be tidying up when the compiler has ended.
      confined.leftovers = false;
      noticed_.add(confined);
      const Result& result = confined.result;
      if (result.timed_out || result.killed_by == SIGXCPU) {
        spent_ += result.elapsed;
      }
      return confined.result;
    };
    Compiled compiled =
        compile(bundle_, exercise_, source, made, runner, watch);
    replace_all(compiled.messages, scratch.path().string() + "/", "");
    replace_all(compiled.messages, bundle_.root.string() + "/", "");
    replace_all(compiled.messages, bundle_.build.parent_path().string(),
                "build");
    name_object(compiled.messages, exercise_.id());
    if (!compiled) return compiled;
    if (fs::is_symlink(made) || !fs::is_regular_file(made)) {
      throw GraderError("the compiler made no program, and was content");
    }
    fs::copy_file(made, program);
    fs::permissions(program, kReadableToAll);
    fs::permissions(programs_.path(), kReadableToAll);
    return compiled;
  }

  // If a file does not compile, that is the student's fault only if the starter
  // does: the disk may be full, or a part of the compiler missing.
  void require_compiler(const Compiled& failed, const std::string& starter) {
    if (failed.failure == Compiled::Failure::is_utf16) return;
    if (failed.failure == Compiled::Failure::killed) {
      throw GraderError(
          "the compiler was killed, and not by us: by another program, or by "
          "the system for want of memory");
    }
    const Noticed noticed = noticed_;
    const Compiled compiled = build(starter, programs_.path() / "starter");
    noticed_ = noticed;
    if (compiled) return;
    throw GraderError(fmt::format("not even our starter of {} compiles:\n{}",
                                  exercise_.id(), compiled.messages));
  }

  // No student loses points because another one has filled the disk.
  Confined run_with_room(const Request& request, const Allowed& allowed) {
    require_room(allowed.scratch, allowed.disk + 2 * allowed.room);
    Confined confined = sandbox_.run(request, allowed);
    if (confined.full) {
      throw GraderError(fmt::format("the disk of {} was full meanwhile",
                                    allowed.scratch.string()));
    }
    if (confined.short_of_memory) {
      throw GraderError("this machine had hardly any memory left meanwhile");
    }
    return confined;
  }

  // The first messages; the rest follows from them.
  std::string told(Compiled compiled) {
    std::string& messages = compiled.messages;
    std::size_t end = 0;
    for (std::size_t line = 0; line < kMostLines && end < messages.size();
         ++line) {
      end = std::min(messages.find('\n', end), messages.size() - 1) + 1;
    }
    end = std::min(end, kMostMessage);
    if (end < messages.size()) {
      messages.resize(end);
      messages += "\n(and more)\n";
    }
    return narrative(exercise_, compiled, Style{100, false});
  }

  Runner in_sandbox(bool watched = false) {
    return [this, watched](const Request& request) {
      sandbox_.give(request.directory);
      Allowed allowed;
      allowed.scratch = request.directory;
      // Sanitizers need more, and only what they find counts.
      allowed.memory = (watched ? 3 : 1) * limits_.memory;
      for (const std::string& library : exercise_.libraries) {
        if (library.find(".so") != std::string::npos) {
          allowed.read.push_back(library);
        }
      }
      Confined confined = run_with_room(request, allowed);
      Result& result = confined.result;
      spent_ += result.elapsed;
      if (!watched) noticed_.add(confined);
      rule_ = broken_rule(confined);
      // A page is the same on every machine.
      if (result.timed_out) result.elapsed = request.timeout;
      replace_all(result.out, request.directory.string(), ".");
      replace_all(result.out, programs_.path().string(), ".");
      return confined.result;
    };
  }

  // The rule that this run has broken and that check does not have; or nothing.
  // The jail does not see each refusal, so the program's own words also count.
  static std::string broken_rule(const Confined& confined) {
    if (confined.jail_killed) {
      return "it ended the program that confines it: no answer needs that";
    }
    if (confined.network) {
      return "it tried to open a socket for a network: no answer needs that";
    }
    for (const int error : {EAGAIN, EPERM, EACCES, EROFS}) {
      const std::string words = std::strerror(error);
      if (confined.result.out.find(words) == std::string::npos) continue;
      return fmt::format(
          "'{}': a case {}", words,
          error == EAGAIN
              ? fmt::format("has at most {} processes and threads",
                            Allowed().processes)
              : "opens no socket, writes only below $TMPDIR, and changes no "
                "modes of files");
    }
    return {};
  }

  // The story of a case that failed with the inputs of check.
  std::string told(const CaseVerdict& verdict) {
    std::string text = story(exercise_, verdict, Style{100, false});
    if (!rule_.empty()) {
      text += wrapped("  rule  ", rule_, 100);
    }
    return text;
  }
  // What there is to say of a case that has no story.
  std::string told(const CaseInfo& info, const std::string& text) const {
    const Style style{100, false};
    return headline(exercise_, {info, {}, {}, std::size_t{0}}, style) +
           wrapped("  ", text, style.width);
  }
  std::string to_read(const CaseInfo& info) const {
    return "  read  " + where_to_read(exercise_, info) + "\n";
  }

  // Runs the cases that have points once more, under sanitizers.
  void judge_watched(const std::string& text, const Watch& watch) {
    const fs::path program = programs_.path() / watch.name;
    const Compiled compiled = build(text, program, &watch);
    if (!compiled) {
      flag("not judged under sanitizers: it does not compile with them");
      return;
    }
    look_for_silencers(text, program);
    const auto& cases = exercise_.manifest.cases;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      CaseResult& result = result_.cases[i];
      if (result.score == 0) continue;
      if (is_spent()) break;
      const CaseRun hidden =
          run_watched_case(program, cases[i].name, order_.seed, limits_,
                           exercise_.learner, in_sandbox(true));
      if (!hidden.finding) continue;
      result.score = 0;
      const CaseVerdict visible =
          judge_watched_case(exercise_, program, exercise_.learner, cases[i],
                             kVisibleSeed, limits_, in_sandbox(true));
      result.message =
          !visible.passed()
              ? told(visible)
              : told(cases[i],
                     "right by luck: with other inputs than those of check, " +
                         hidden.finding->what) +
                    to_read(cases[i]);
    }
  }

  // How far it came and what kind of failure it was, without the inputs.
  static std::string how_far(const CaseVerdict& verdict) {
    const auto& lines = verdict.expected.lines;
    const std::size_t of = lines.size() - 1;
    const std::size_t at = *verdict.difference;
    const Result& process = verdict.got.process;
    const char* kind = "reports something else";
    if (process.timed_out) {
      kind = "takes too long";
    } else if (process.too_much_output) {
      kind = "prints too much";
    } else if (process.too_much_memory) {
      kind = "uses too much memory";
    } else if (process.too_much_disk) {
      kind = "fills too much of the disk";
    } else if (process.killed_by) {
      kind = "crashes";
    } else if (at >= of) {
      kind = "does not end as it should";
    } else if (at >= verdict.got.lines.size()) {
      kind = "ends early";
    }
    return fmt::format(
        "right with the inputs that check takes, and not with others: {} of {} "
        "lines agree, then it {}",
        std::min(at, of), of, kind);
  }

  void judge_case(const fs::path& program, const CaseInfo& info,
                  CaseResult& result) {
    if (is_spent()) {
      result.message = told(info, not_run());
      return;
    }
    const CaseVerdict hidden = compare_case(
        info, run_reference(exercise_, info.name, order_.seed, limits_),
        run_case(program, info.name, order_.seed, limits_, in_sandbox()));
    result.score = hidden.points();
    if (hidden.passed()) return;
    const CaseVerdict visible = grader::judge_case(
        exercise_, program, info, kVisibleSeed, limits_, in_sandbox());
    if (visible.passed()) {
      flag("passes visibly and fails hidden: " + info.name);
      result.message = told(info, how_far(hidden)) + to_read(info);
    } else {
      result.message = told(visible);
    }
  }

  const Bundle& bundle_;
  const Exercise& exercise_;
  const GradeOrder& order_;
  const Sandbox& sandbox_;
  std::chrono::nanoseconds& spent_;
  bool not_all_ = false;
  Limits limits_;
  ScratchDirectory programs_;
  ExerciseResult result_;
  Noticed noticed_;
  std::string rule_;  // that the last run has broken
};

// Adds what an overlay's cases found out.
void add_cases(ExerciseResult& result, ExerciseResult more) {
  for (CaseResult& one : more.cases) result.cases.push_back(std::move(one));
  for (std::string& flag : more.flags) {
    const auto& flags = result.flags;
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) {
      result.flags.push_back(std::move(flag));
    }
  }
}

}  // namespace

std::string hash_of(const Bundle& bundle,
                    const std::vector<const Exercise*>& exercises,
                    const std::vector<std::string>& more) {
  std::vector<std::string> texts;
  const auto add = [&](std::string text) { texts.push_back(std::move(text)); };
  const fs::path tests = bundle.root / "tests";
  add(read_file(tests / "grader/judge/probe.hpp"));
  add(read_file(tests / "grader/judge/probe.cpp"));
  add(read_file(tests / "exercises/coarse_clock.hpp"));
  for (const Exercise* const exercise : exercises) {
    const std::string& id = exercise->id();
    add(id);
    add(read_file(tests / "exercises" / id / (id + ".ini")));
    add(read_file(tests / "exercises" / id / "probe.cpp"));
    add(read_file(exercise->solution));
    add(read_file(bundle.contract(*exercise)));
  }
  for (const Watch& watch : bundle.watches) add(watch.name);
  texts.insert(texts.end(), more.begin(), more.end());
  return fingerprint(texts);
}

fs::path jail_of(const Bundle& bundle) {
  return bundle.build.parent_path() / "bin" / "jail";
}

void require_room_for_work() {
  require_room(fs::temp_directory_path(), kCompilersDisk + 2 * Allowed().room);
}

namespace {

// A program that is graded is never debugged, and without debug information it
// is compiled in two thirds of the time.
Bundle lean(Bundle bundle) {
  if (bundle.sanitized) return bundle;  // its reports name lines
  bundle.compile_flags.emplace_back("-g0");
#ifndef __APPLE__
  bundle.compile_flags.emplace_back("-s");  // of one call, which also links
#endif
  return bundle;
}

}  // namespace

Results grade(const Bundle& full, const GradeOrder& order,
              const Sandbox& sandbox) {
  const Bundle bundle = lean(full);
  const auto begin = steady_clock::now();
  Results results;
  results.seed = order.seed;
  results.bundle = order.bundle;
  results.isolation = name_of(sandbox.isolation());
  results.limits = in_words(order.limits);
  results.warning = sandbox.warning();
  results.refusals = sandbox.refusals();
  std::chrono::nanoseconds spent{0};
  const Intake intake = take_in(order.submission, order.exercises);
  results.ignored = intake.ignored;
  for (const TakenFile& file : intake.files) {
    Unit unit(bundle, *file.exercise, order, sandbox, spent);
    results.exercises.push_back(unit.grade(file));
    const Exercise* const more =
        order.overlay == nullptr ? nullptr
                                 : order.overlay->more_of(file.exercise->id());
    if (more == nullptr) continue;
    add_cases(results.exercises.back(),
              Unit(bundle, *more, order, sandbox, spent).grade(file));
  }
  results.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      steady_clock::now() - begin);
  return results;
}

}  // namespace grader
