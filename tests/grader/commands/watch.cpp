// watch [--poll] [ID|CHAPTER]: judges a step or an exercise when its file is
// saved.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/unique_fd.hpp"
#include "tests/grader/commands/file_watch.hpp"
#include "tests/grader/commands/progress.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/learner.hpp"
#include "tests/grader/judge/narrative.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/step.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

class Session {
 public:
  Session(const Bundle& bundle, std::vector<const Exercise*> exercises)
      : bundle_(bundle), exercises_(std::move(exercises)) {}

  std::vector<fs::path> files() const {
    std::vector<fs::path> result;
    for (const Exercise* const exercise : exercises_) {
      result.push_back(bundle_.root / exercise->learner);
    }
    return result;
  }

  std::string greeting(std::string_view way) const {
    const Exercise& first = *exercises_.front();
    const std::string what =
        exercises_.size() == 1
            ? fmt::format("{}:{}", first.learner, todo_line(first))
            : fmt::format("{} files", exercises_.size());
    return wrapped(
        "",
        fmt::format(
            "Watching {} ({}). Save, and it is judged; Ctrl-C ends this.", what,
            way),
        style().width);
  }

  void begin() {
    const bool one = exercises_.size() == 1;
    if (one && !is_untouched(bundle_, *exercises_.front())) {
      judge(*exercises_.front());
    } else {
      show(one ? total_line() : total());
    }
  }

  void saved(const fs::path& path) {
    for (const Exercise* const exercise : exercises_) {
      if (bundle_.root / exercise->learner == path) judge(*exercise);
    }
  }

  std::string total() const {
    const Progress progress = read_progress(bundle_);
    std::string text = total_text(bundle_, progress, terminal_);
    const Exercise* const next = next_exercise(bundle_, progress);
    return next ? text + next_text(*next) : text;
  }

 private:
  void judge(const Exercise& exercise) {
    show(fmt::format("\n{}\n",
                     style().bold(fmt::format("{} ...", exercise.learner))));
    if (exercise.is_step()) {
      const StepVerdict verdict = check_step(bundle_, exercise);
      remember(bundle_, verdict);
      show(total_line() + story_and_next(bundle_, verdict, style()));
      return;
    }
    Judged judged = judge_learner(bundle_, exercise);
    watch_learner(bundle_, judged);
    remember(bundle_, judged);
    // Last, so that the failure stays on the screen.
    const std::string story = story_of(judged, style());
    show(judged.passed() ? story + total() : total_line() + story);
  }

  std::string total_line() const {
    return total_text(bundle_, read_progress(bundle_), terminal_);
  }
  // Asked each time: the window may have another size by now.
  static Style style() { return terminal_style(); }

  const Bundle& bundle_;
  std::vector<const Exercise*> exercises_;
  const bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
};

std::vector<const Exercise*> chosen(const Bundle& bundle, const Words& words) {
  if (!words.empty()) {
    auto chapter = of_chapter(bundle, words[0]);
    if (!chapter.empty()) return chapter;
    return {&bundle.find(words[0])};
  }
  return bundle.all();
}

}  // namespace

int watch(const Context& context, const Words& words) {
  Words rest = words;
  const bool poll = std::erase(rest, "--poll") > 0;
  if (rest.size() > 1) throw UsageError("watch: one step, exercise or chapter");
  // All of them, since the screen names the next one.
  const Bundle bundle = context.read("");
  Session session(bundle, chosen(bundle, rest));

  const common::FdPair signals = common::make_pipe();
  ch02::EventLoop loop;
  const InterruptScope interrupts(signals.write.get());
  loop.add_reader(signals.read.get(), [&loop] { loop.stop(); });

  // The loop would only report an error in a callback: this one ends the watch.
  std::exception_ptr failure;
  const auto guarded = [&](const auto& work) {
    try {
      work();
    } catch (const std::system_error& error) {
      // The file has gone again: there will be another save.
      fmt::print(stderr, "grader: {}\n", error.what());
    } catch (...) {
      failure = std::current_exception();
      loop.stop();
    }
  };
  const auto saved = [&](const fs::path& path) {
    guarded([&] { session.saved(path); });
  };
  FileWatch files(loop, session.files(), saved,
                  poll ? FileWatch::Way::polling : FileWatch::Way::best);
  show(session.greeting(files.name()));
  loop.call_soon([&] { guarded([&] { session.begin(); }); });
  loop.run_forever();
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const Interrupted&) {
    show("\n(not finished)");
  }
  show("\n" + session.total());
  return kOk;
}

}  // namespace grader
