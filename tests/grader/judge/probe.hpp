// The probe of an exercise: named cases that make their inputs from a seed,
// call what the learner wrote, and report step by step what they observe.
//
//   void at_the_limit(probe::Run& run) {
//     const auto limit = run.milliseconds(20, 200);
//     run.step("a limit of {}", probe::text(limit));
//     run.see("is it slow", exercises::is_slow(limit, limit));
//   }
//   int main(int argc, char** argv) {
//     return probe::main(argc, argv, {{"at_the_limit", at_the_limit}});
//   }
//
// A probe knows no right answer: the grader runs it with our solution as well,
// and compares. So nothing in it is secret, and it checks nothing.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace probe {

// --- Values as text ----------------------------------------------------------

// The probe's own conversions, for built-in and standard types only: a type of
// the learner's has no say in how it is shown. A text is shown as it is; inside
// another value it has quotes.
std::string text(bool value);
std::string text(std::int64_t value);
std::string text(std::uint64_t value);
std::string text(double value);  // six decimals
// 100 ms, 1.5 ms, 7 us; 20 ms - 1 ns; and from an hour on, 1 h + 2 min + 0.5 ms
std::string text(std::chrono::nanoseconds value);
inline std::string text(std::string value) { return value; }
inline std::string text(std::string_view value) { return std::string(value); }
inline std::string text(const char* value) { return value; }

template <class T>
  requires std::integral<T>
std::string text(T value) {
  if constexpr (std::is_signed_v<T>) {
    return text(static_cast<std::int64_t>(value));
  } else {
    return text(static_cast<std::uint64_t>(value));
  }
}
inline std::string text(float value) {
  return text(static_cast<double>(value));
}
template <class Rep, class Period>
std::string text(std::chrono::duration<Rep, Period> value) {
  using std::chrono::nanoseconds;
  return text(std::chrono::duration_cast<nanoseconds>(value));
}
template <class T>
std::string text(const std::vector<T>& values);
template <class T>
std::string text(const std::optional<T>& value);
template <class First, class Second>
std::string text(const std::pair<First, Second>& value);

// Like text(), but puts quotes around a text.
template <class T>
std::string quoted(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return '"' + std::string(std::string_view(value)) + '"';
  } else {
    return text(value);
  }
}
template <class T>
std::string text(const std::vector<T>& values) {
  std::string result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // A vector<bool> has no elements to refer to.
    result += (i > 0 ? ", " : "") + quoted<T>(values[i]);
  }
  return "[" + result + "]";
}
template <class T>
std::string text(const std::optional<T>& value) {
  return value ? quoted<T>(*value) : "none";
}
template <class First, class Second>
std::string text(const std::pair<First, Second>& value) {
  return "(" + quoted<First>(value.first) + ", " +
         quoted<Second>(value.second) + ")";
}

// --- A run of one case -------------------------------------------------------

class Story;

class Run {
 public:
  // Lines go to the descriptor; seed and name determine the inputs.
  Run(int fd, std::uint64_t seed, std::string_view name);

  // #region inputs
  // Inputs. The same seed and case give the same inputs on every machine; both
  // limits are included. Take one per statement: compilers evaluate the
  // arguments of a call, and both sides of +, in different orders.
  int number(int low, int high);
  std::chrono::milliseconds milliseconds(int low, int high);
  std::chrono::microseconds microseconds(int low, int high);
  std::chrono::nanoseconds nanoseconds(int low, int high);
  bool coin();
  std::vector<int> numbers(std::size_t count, int low, int high);
  // An invented word of two to four syllables: "tamoru". The words of one run
  // differ from each other. A name has its role in front: "task-tamoru".
  std::string word();
  std::vector<std::string> words(std::size_t count);
  std::string name(std::string_view role);
  std::vector<std::string> names(std::string_view role, std::size_t count);
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[below(i)]);
    }
  }
  template <class T>
  T pick(const std::vector<T>& values) {
    return values.at(below(values.size()));
  }
  // #endregion inputs

  // #region reports
  // The next step, in words for the learner: step("{} timers", n).
  template <class... Args>
  void step(fmt::format_string<Args...> format, Args&&... args) {
    report_step(fmt::format(format, std::forward<Args>(args)...));
  }

  // Why what follows matters, in one sentence: a learner reads it when one of
  // the next observations is wrong. It replaces the manifest's `why` of the
  // case, up to the next why(); an empty one brings that back.
  void why(std::string_view reason);

  // An observation: see("is it slow", true). Name the type where a learner's
  // could sneak in: see<bool>("is it slow", f()).
  template <class T>
  void see(std::string_view what, const T& value) {
    report(what, text(value));
  }
  void see(std::string_view what, const char* value) { report(what, value); }

  // Lines of text, one by one, so that a story names the first that differs:
  // "the log, line 1", ..., "the log, line 3: (no more lines)".
  void see_lines(std::string_view what, const std::vector<std::string>& lines);

  // Adds a line that see_lines() will report. The thousandth reports that there
  // are so many, and ends the program: a callback that comes again and again
  // would fill the memory.
  void note(std::vector<std::string>& lines, std::string line);

  // Calls the function and tells how it ended: "returns", or "throws
  // std::invalid_argument", without the exception's text. A learner's own class
  // counts as the standard one that it is derived from. To report the text, let
  // the exception leave the case.
  void see_outcome(std::string_view what, const std::function<void()>& call);

  // Has so many random stories written, each from inputs of its own, and tells
  // them in silence: the report has a number for each, which stands for all
  // that the story would have reported. See below.
  void stories(int count, const std::function<void(Story&)>& write);
  // #endregion reports

 private:
  friend class Story;
  friend int main(
      int argc, char** argv,
      std::initializer_list<std::pair<const char*, void (*)(Run&)>> cases);
  Run(const Run& of_case, int story);
  void report_step(std::string_view what);
  void report(std::string_view what, std::string_view value);
  void end();
  void write_line(std::string line);
  std::uint64_t next();
  std::size_t below(std::size_t limit);

  // A story that is to be told aloud, with all its operations or some.
  struct Wanted {
    int story = 0;
    std::optional<std::vector<std::size_t>> operations = {};
  };
  static std::optional<Wanted> parse_wanted(std::string_view text);

  int fd_;
  std::uint64_t seed_;
  std::string name_;
  std::uint64_t state_;
  std::vector<std::string> words_;
  enum class Lines : unsigned char { written, counted_in, dropped };
  Lines lines_ = Lines::written;
  std::uint64_t fingerprint_ = 0;  // of the lines that were counted in
  std::optional<Wanted> wanted_;
};

// --- Random stories ----------------------------------------------------------

// Many operations on one object, in an order that no author thinks of:
//
//   void any_order(probe::Story& story) {
//     const auto bench = std::make_shared<Bench>(story.run);
//     for (int i = 0; i < 100; ++i) {
//       const auto when = story.run.milliseconds(0, 20);
//       story.add([=] { bench->push(when); });
//     }
//   }
//   ...
//   run.stories(20, any_order);
//
// Its inputs are drawn when it is written, and its operations are done when it
// is told. So it can be told again with fewer of them: the grader looks for the
// shortest story that differs from our solution's, and a learner reads that.
// Each operation must make sense without those before it.
class Story {
 public:
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  Run run;

  void add(std::function<void()> operation) {
    operations_.push_back(std::move(operation));
  }
  // What is done after the operations, however few there are.
  void at_end(std::function<void()> operation) { end_ = std::move(operation); }

 private:
  friend class Run;
  Story(const Run& of_case, int number) : run(of_case, number) {}
  // Writes it and does its operations, all or some. Returns how many it has.
  std::size_t tell(const std::function<void(Story&)>& write,
                   const std::optional<std::vector<std::size_t>>& some);

  std::vector<std::function<void()>> operations_;
  std::function<void()> end_ = [] {};
};

using Case = std::pair<const char*, void (*)(Run&)>;

// The main function of every probe:
//
//   probe --case NAME --seed N             the lines go to descriptor 3
//   probe --case NAME [--seed N] --visible to standard output, for people
//   probe ... --story 7                    tells one of the case's stories
//   probe ... --story 7:0,4,5              with these operations only
//   probe --list                           the cases' names
int main(int argc, char** argv, std::initializer_list<Case> cases);

}  // namespace probe
