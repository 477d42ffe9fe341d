#include "tests/grader/judge/narrative.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

namespace {

// Of a long story, the learner sees all steps and the last observations.
constexpr std::size_t kMostSeen = 8;
constexpr std::size_t kMostSteps = 30;
constexpr std::size_t kMostAfter = 2;
constexpr std::size_t kMostOutput = 20;
constexpr std::size_t kMostMessages = 400;

std::string value_line(const char* label, const std::string& value,
                       const Style& style) {
  return wrapped(std::string("       ") + label,
                 value.empty() ? "(nothing)" : readable(value), style.width);
}

// "1 line", "2 lines"
std::string counted(std::size_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

// A line of a report in the words that the learner reads.
std::string in_words(const Line& line) {
  switch (line.kind) {
    case Line::Kind::step:
      return line.what;
    case Line::Kind::see:
      return line.what + ": " + (line.value.empty() ? "(nothing)" : line.value);
    case Line::Kind::end:
      return "(the end)";
    case Line::Kind::other:
      break;
  }
  return "(no line of a report) " + escaped(line.what);
}

struct Differing {
  std::string what;
  std::string expected;
  std::string got;
  std::string kind;  // of the difference, among lines of a list
};

// "the log" of "the log, line 3", which see_lines() reports.
std::string_view list_of(const Line& line) {
  if (line.kind != Line::Kind::see) return {};
  const std::size_t end = line.what.rfind(", line ");
  return end == std::string::npos ? std::string_view()
                                  : std::string_view(line.what).substr(0, end);
}

// The values of one list, from the line where it begins.
std::vector<std::string> values_of_list(const std::vector<Line>& lines,
                                        std::size_t at) {
  const std::string_view list = list_of(lines[at]);
  std::size_t first = at;
  while (first > 0 && list_of(lines[first - 1]) == list &&
         !lines[first].what.ends_with(", line 1")) {
    --first;
  }
  std::vector<std::string> values;
  for (std::size_t i = first;
       i < lines.size() && list_of(lines[i]) == list &&
       (i == first || !lines[i].what.ends_with(", line 1"));
       ++i) {
    values.push_back(lines[i].value);
  }
  return values;
}

// How two lists differ, of which line `at` is the first that does.
std::string kind_of_difference(const std::vector<Line>& wanted,
                               const std::vector<Line>& found, std::size_t at) {
  if (list_of(wanted[at]).empty()) return "";
  std::vector<std::string> expected = values_of_list(wanted, at);
  std::vector<std::string> got = values_of_list(found, at);
  std::ranges::sort(expected);
  std::ranges::sort(got);
  if (expected == got) return "in another order";
  if (std::ranges::includes(expected, got)) return "missing";
  if (std::ranges::includes(got, expected)) return "one too many";
  return "another one";
}

bool was_stopped(const Result& process) {
  return process.timed_out || process.too_much_output ||
         process.killed_by == SIGXCPU;
}

// "threw", which the probe reports of an exception that has left the case, and
// "stopped", of lines without end.
bool is_cut_short(const Line& line) {
  return line.kind == Line::Kind::see &&
         (line.what == "threw" || line.what == "stopped");
}

Differing describe(const CaseVerdict& verdict) {
  const auto& wanted = verdict.expected.lines;
  const auto& found = verdict.got.lines;
  const std::size_t at = *verdict.difference;
  if (at >= wanted.size() ||
      (at == found.size() && wanted[at].kind == Line::Kind::end)) {
    const bool more = at < found.size();
    return {"the end of the program", "exit status 0",
            more ? "it goes on: " + in_words(found[at]) : ending(verdict.got),
            ""};
  }
  const Line& line = wanted[at];
  const std::string goes_on =
      line.kind == Line::Kind::see ? line.value : "(the program goes on)";
  if (at >= found.size()) {
    const bool stopped = was_stopped(verdict.got.process);
    return {
        line.what, goes_on,
        (stopped ? "(" : "(the program ended: ") + ending(verdict.got) + ")",
        ""};
  }
  const Line& other = found[at];
  if (is_cut_short(other) && !is_cut_short(line)) {
    const bool threw = other.what == "threw";
    return {line.kind == Line::Kind::end ? "the end of the case" : line.what,
            line.kind == Line::Kind::end ? "(the end)" : goes_on,
            (threw ? "(it threw " : "(stopped: ") + other.value + ")", ""};
  }
  const bool same_question = line.kind == Line::Kind::see &&
                             other.kind == Line::Kind::see &&
                             line.what == other.what;
  if (same_question) {
    return {line.what, line.value, other.value,
            kind_of_difference(wanted, found, at)};
  }
  return {line.kind == Line::Kind::end ? "the end of the case" : line.what,
          in_words(line), in_words(other), ""};
}

// The lines that agreed. If there are many, the oldest observations are left
// out first; the steps that set up the comparison stay.
std::string told_before(const std::vector<Line>& lines, std::size_t count,
                        std::size_t digits, const Style& style) {
  std::string text;
  const std::size_t first = count > kMostSteps ? count - kMostSteps : 0;
  if (first > 0) {
    text += fmt::format("    ({} before)\n", counted(first, "line"));
  }
  const std::size_t seen_from = count > kMostSeen ? count - kMostSeen : 0;
  std::size_t left_out = 0;
  const auto tell_left_out = [&] {
    if (left_out > 0) {
      text += fmt::format("    ({} as expected)\n", counted(left_out, "line"));
    }
    left_out = 0;
  };
  for (std::size_t i = first; i < count; ++i) {
    if (lines[i].kind == Line::Kind::see && i < seen_from) {
      ++left_out;
      continue;
    }
    tell_left_out();
    text += wrapped(fmt::format(" {:>{}}. ", i + 1, digits), in_words(lines[i]),
                    style.width);
  }
  tell_left_out();
  return text;
}

// Did it end, or leave the case, instead of the line that was to come?
bool is_cut_short(const CaseVerdict& verdict) {
  const auto& found = verdict.got.lines;
  const std::size_t at = *verdict.difference;
  return at < found.size() ? is_cut_short(found[at]) : !verdict.got.in_order();
}

// The last thing that the program was asked to do.
std::string doing(const CaseRun& run, const Style& style) {
  const auto& lines = run.lines;
  if (run.ended() && !run.in_order()) {
    return value_line("while     ", "what is left at the end is destroyed",
                      style);
  }
  const auto step = std::find_if(
      lines.rbegin(), lines.rend(),
      [](const Line& line) { return line.kind == Line::Kind::step; });
  if (step == lines.rend()) return "";
  return value_line("while     ", step->what, style);
}

// A mistake that any exercise may have, and that says more than the line in
// which it was seen.
struct Trouble {
  std::string_view why;
  Trap trap;
};

constexpr std::string_view kOfACrash =
    "it used memory that is gone, or never was: who guarantees that this is "
    "still there? Look at references, pointers and captures, and at what holds "
    "them";

// abort(): the last words of the library say who called it.
Trouble trouble_of_abort(std::string_view output) {
  const auto says = [output](std::string_view words) {
    return output.find(words) != std::string_view::npos;
  };
  if (says("without an active exception")) {
    return {
        "a thread that was neither joined nor detached is destroyed: who "
        "waits for its end?",
        Trap::thread};
  }
  if (says("terminate called") || says("terminating")) {
    return {
        "an exception leaves where none may: a destructor, a noexcept "
        "function, or the first function of a thread. Catch it there",
        Trap::terminate};
  }
  if (says("Assertion")) {
    return {
        "what a library asks of its caller was not so: the line above says "
        "what",
        Trap::none};
  }
  if (says("free(): ") || says("double free") || says("corrupt") ||
      says("malloc") || says("invalid pointer")) {
    return {kOfACrash, Trap::gone};
  }
  return {
      "it gave up by itself: look for a call of abort() or "
      "std::terminate()",
      Trap::none};
}

std::optional<Trouble> trouble_of_end(const CaseRun& run) {
  const Result& process = run.process;
  switch (process.killed_by.value_or(0)) {
    case SIGSEGV:
    case SIGBUS:
      return Trouble{kOfACrash, Trap::memory};
    case SIGABRT:
      return trouble_of_abort(process.out);
    case SIGFPE:
      return Trouble{"a division by zero: which number can be zero here?",
                     Trap::none};
    case SIGILL:
    case SIGTRAP:
      return Trouble{
          "it came to a place that the compiler takes for unreachable: a "
          "function that is to return something and has no return at its end?",
          Trap::none};
    case SIGPIPE:
      return Trouble{
          "it wrote into a pipe or a socket whose other end is closed",
          Trap::none};
    case 0:
      break;
    default:
      return std::nullopt;
  }
  return Trouble{
      "an answer is called, and returns: to end the program belongs to its "
      "caller. exit() destroys no local variable, and what was to follow does "
      "not happen",
      Trap::early_exit};
}

std::optional<Trouble> trouble_of(const CaseVerdict& verdict) {
  const CaseRun& run = verdict.got;
  if (run.finding) return Trouble{run.finding->why, run.finding->trap};
  if (run.process.too_much_memory) {
    return Trouble{
        "it filled memory that it does not need for this: look for a container "
        "that grows with every iteration, or a loop that makes things and does "
        "not end",
        Trap::endless};
  }
  if (run.process.too_much_output) {
    return Trouble{
        "it says the same again and again: what calls it is called again at "
        "once, or it is in a loop whose condition nothing in it changes",
        Trap::endless};
  }
  const std::size_t at = *verdict.difference;
  if (at < run.lines.size()) {
    const Line& line = run.lines[at];
    if (line.what == "stopped") {
      return Trouble{
          "what comes again at once, without any time between, never ends: "
          "the next one has to be later than now",
          Trap::endless};
    }
    if (line.value.starts_with("std::bad_alloc") ||
        line.value == "throws std::bad_alloc") {
      return Trouble{
          "there is no such memory: something grows without end, because what "
          "adds to it is called again and again, or a size is larger than all "
          "that there is",
          Trap::endless};
    }
    return std::nullopt;
  }
  if (was_stopped(run.process)) {
    return Trouble{kNeverEnds,
                   run.process.timed_out ? Trap::waits : Trap::endless};
  }
  if (run.in_order()) return std::nullopt;
  return trouble_of_end(run);
}

// Why the line that differs matters: the probe's reason.
std::string own_reason(const CaseVerdict& verdict) {
  const auto& lines = verdict.expected.lines;
  const std::size_t at = *verdict.difference;
  return at < lines.size() ? readable(lines[at].why) : "";
}

// In the words of compilers and programs, and the section of the book's page of
// common mistakes, common_mistakes.md, that tells of them.
struct Mistake {
  std::string_view words;
  std::string_view heading;
};

constexpr std::string_view kNotAwaited = "... a co_await is missing";
constexpr std::string_view kNotReturned = "... a co_return is missing";
constexpr std::string_view kNotMoved = "... a std::move() is missing";
constexpr std::string_view kPlain = "... a plain function waits";
constexpr std::string_view kUnit = "... a number has no unit";
constexpr std::string_view kBraces = "... a list in braces is awaited";
constexpr std::string_view kCatch = "... a catch block waits";
constexpr std::string_view kDropped = "... a task is dropped";
constexpr std::string_view kReference = "... a parameter is a reference";
constexpr std::string_view kNeverSet = "... a future is never set";
constexpr std::string_view kThrows = "... a callback throws";
constexpr std::string_view kOtherThread = "... another thread calls the loop";
constexpr std::string_view kSignal = "... signal 11 comes";

constexpr std::array kMistakes = {
    Mistake{"ignoring returned value of type", kNotAwaited},
    Mistake{"ignoring return value of", kNotAwaited},
    Mistake{"was never awaited", kNotAwaited},
    Mistake{"statement is not allowed in coroutine", kNotReturned},
    Mistake{"statement not allowed in coroutine", kNotReturned},
    Mistake{"non-void coroutine does not return a value", kNotReturned},
    Mistake{"ended without a co_return of its result", kNotReturned},
    Mistake{"a coroutine is awaited once, and that uses it up", kNotMoved},
    Mistake{"cannot reuse already awaited coroutine", kNotMoved},
    Mistake{"unable to find the promise type for this coroutine", kPlain},
    Mistake{"this function cannot be a coroutine", kPlain},
    Mistake{"cannot be used in a function with a deduced return type", kPlain},
    Mistake{"a duration needs a unit", kUnit},
    Mistake{"a bool is wanted, true or false", kUnit},
    Mistake{"array used as initializer", kBraces},
    Mistake{"await expressions are not permitted in handlers", kCatch},
    Mistake{"cannot be used in the handler of a try block", kCatch},
    Mistake{"Task was destroyed but it is pending!", kDropped},
    Mistake{"Task exception was never retrieved", kDropped},
    Mistake{"Event loop stopped before Future completed.", kNeverSet},
    Mistake{"Exception in callback", kThrows},
    Mistake{"Non-thread-safe operation invoked on an event loop", kOtherThread},
    Mistake{"killed by signal 11", kSignal},
};

std::string in_chapter(int number, std::string_view heading) {
  return fmt::format("book, chapter {}, \"{}\"", number, heading);
}

std::string on_page_of_mistakes(std::string_view heading) {
  return fmt::format(R"(book, "What it looks like when ...": "{}")", heading);
}

// Where the book tells of it, to a reader who has come so far.
std::string page_of(Trap trap, int chapter) {
  switch (trap) {
    case Trap::none:
      break;
    case Trap::gone:
      if (chapter < 3) return in_chapter(2, "The trap: gone by then");
      return on_page_of_mistakes(kReference);
    case Trap::thread:
      return in_chapter(5, "The trap: the wrong thread");
    case Trap::terminate:
      return in_chapter(7, "The trap: a destructor that throws");
    case Trap::early_exit:
      return in_chapter(8, "The trap: the exit that is not an end");
    case Trap::endless:
      return in_chapter(2, "Step 3: one round at a time");
    case Trap::waits:
      return on_page_of_mistakes(kNeverSet);
    case Trap::memory:
      return on_page_of_mistakes(kSignal);
  }
  return "";
}

std::string read_line(const std::string& page, const Style& style) {
  return page.empty() ? "" : wrapped("  read  ", page, style.width);
}

// Of the line that differs, or else of what the program has printed itself.
std::string read_of_words(const CaseVerdict& verdict, const Style& style) {
  const auto in_line = [&](const std::vector<Line>& lines) {
    const std::size_t at = *verdict.difference;
    return at < lines.size() ? read_of_mistake(lines[at].value, style) : "";
  };
  std::string told = in_line(verdict.got.lines);
  if (!told.empty() && told != in_line(verdict.expected.lines)) return told;
  return read_of_mistake(verdict.got.process.out, style);
}

std::string told_reason(const Exercise& exercise, const CaseVerdict& verdict,
                        const Style& style) {
  const std::string own = own_reason(verdict);
  const auto trouble = trouble_of(verdict);
  if (!trouble) {
    return wrapped("  why   ", own.empty() ? verdict.info.why : own,
                   style.width) +
           read_of_words(verdict, style);
  }
  std::string text = wrapped("  why   ", trouble->why, style.width);
  if (!own.empty() && !verdict.got.finding) {
    text += wrapped("  here  ", own, style.width);
  }
  return text +
         read_of_trap(trouble->trap, exercise.manifest.chapter_number(), style);
}

std::string own_output(const std::string& output, const Style& style) {
  std::vector<std::string> lines = split_lines(output);
  std::string text;
  if (lines.size() > kMostOutput) {
    text += fmt::format("  | ({} before)\n",
                        counted(lines.size() - kMostOutput, "line"));
    lines.erase(lines.begin(),
                lines.end() - static_cast<std::ptrdiff_t>(kMostOutput));
  }
  for (const std::string& line : lines) {
    const std::string shown = readable(line);
    const std::string_view cut = first_columns(shown, style.width - 4);
    text +=
        cut.size() == shown.size()
            ? "  | " + shown
            : fmt::format("  | {}...", first_columns(shown, style.width - 7));
    text += "\n";
  }
  return text;
}

std::string told_difference(const CaseVerdict& verdict,
                            const std::string& number, const Style& style) {
  const std::size_t at = *verdict.difference;
  const auto& found = verdict.got.lines;
  const Differing differing = describe(verdict);
  const bool in_list = !differing.kind.empty();
  std::string text = style.bad(wrapped(
      number, differing.what + (in_list ? " (" + differing.kind + ")" : ""),
      style.width));
  if (is_cut_short(verdict)) {
    text += doing(verdict.got, style);
  }
  text += value_line("expected  ", differing.expected, style);
  text += value_line("got       ", differing.got, style);
  const std::size_t after = std::min(found.size(), at + 1 + kMostAfter);
  for (std::size_t i = at + 1; in_list && i < after; ++i) {
    if (list_of(found[i]) != list_of(found[at])) break;
    text += value_line("and then  ", found[i].value, style);
  }
  const bool told = at < found.size() && found[at].what == "stopped";
  if (at < found.size() && !told && !verdict.got.in_order()) {
    text += value_line("at last   ", ending(verdict.got), style);
    text += doing(verdict.got, style);
  }
  return text + own_output(verdict.got.process.out, style);
}

// As GCC and Clang say it.
bool lacks_header(const std::string& error) {
  return error.ends_with(": No such file or directory") ||
         error.ends_with(" file not found");
}

struct CompileStory {
  std::string what;
  std::string advice;
};

// Of what a compiler says, without its notes on files that are not the
// learner's: for one wrong argument it shows all functions of a container.
std::vector<std::string> without_library(std::vector<std::string> lines,
                                         const std::string& file) {
  bool include = false;  // "In file included from", up to three lines
  bool note = false;     // and what is said about it
  std::erase_if(lines, [&](const std::string& line) {
    if (!line.starts_with(' ')) {
      include = line.starts_with("In file included from ");
      const bool any_note = line.find(": note: ") != std::string::npos;
      if (!include) note = any_note && (note || !line.starts_with(file));
    }
    return include || note;
  });
  return lines;
}

CompileStory tell(const Exercise& exercise, const Compiled& compiled) {
  using Failure = Compiled::Failure;
  constexpr std::string_view kTable = "vtable for ";
  const std::string& file = exercise.learner;
  const std::string what = readable(compiled.what);
  const std::string place =
      file + (compiled.line > 0 ? fmt::format(":{}", compiled.line) : "");
  switch (compiled.failure) {
    case Failure::none:
      break;
    case Failure::does_not_compile:
      return {"it does not compile. Look at " + place,
              lacks_header(compiled.error)
                  ? "an answer is one file. It can include the headers of "
                    "chapters/ and common/, and the system's: no others are "
                    "there when it is graded"
                  : ""};
    case Failure::lacks_definitions: {
      const bool table = what.starts_with(kTable);
      const std::string name =
          table ? "a virtual function of " + what.substr(kTable.size()) : what;
      return {
          fmt::format("{} is declared, and {} does not define it", name, file),
          "every function of the contract needs a body, in the namespace "
          "and class of its declaration"};
    }
    case Failure::defines_twice:
      if (what == "main") {
        return {fmt::format("{} defines main()", file),
                "the checks bring their own main(): leave yours out"};
      }
      return {
          fmt::format("{} is defined in {}, and once more", what, file),
          "give it another name, or put it into a namespace { } of its own"};
    case Failure::is_utf16:
      return {fmt::format("{} is saved as UTF-16", file),
              "compilers read UTF-8: let your editor save it as UTF-8"};
    case Failure::compiler_failed:
      return {fmt::format("the compiler itself failed at {}", place),
              "its authors did not think of such a program. Leave out what you "
              "wrote last, and write it in a simpler way"};
    case Failure::killed:
      return {fmt::format("the compiler was killed at {}", file),
              "not by us: by another program, or by the system for want of "
              "memory. Try again when the machine has more of it"};
    case Failure::stopped:
      return {fmt::format("compiling {} was stopped {}", file, what),
              "that is far more than an answer needs. Does an #include, a "
              "template or a constexpr function go on without end?"};
  }
  return {};
}

std::string signal_name(int number) {
  const char* const name = ::strsignal(number);
  return fmt::format("signal {} ({})", number, name ? name : "unknown");
}

}  // namespace

std::string Style::bold(const std::string& text) const {
  return colour ? "\033[1m" + text + "\033[0m" : text;
}
std::string Style::good(const std::string& text) const {
  return colour ? "\033[32m" + text + "\033[0m" : text;
}
std::string Style::bad(const std::string& text) const {
  return colour ? "\033[31m" + text + "\033[0m" : text;
}

Style terminal_style() {
  Style style;
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value ? value : "");
  };
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    style.width = size.ws_col;
  } else if (const int columns = std::atoi(variable("COLUMNS").c_str());
             columns > 0) {
    style.width = static_cast<std::size_t>(columns);
  }
  style.width = std::clamp<std::size_t>(style.width, 40, 100);
  style.colour =
      terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return style;
}

std::string wrapped(const std::string& lead, std::string_view text,
                    std::size_t width) {
  const std::size_t indent = columns(lead);
  const std::size_t room = width > indent + 20 ? width - indent : 20;
  std::string result = lead;
  while (columns(text) > room) {
    const std::string_view line = first_columns(text, room + 1);
    std::size_t end = line.rfind(' ');
    while (end != std::string_view::npos && end > 0 &&
           (line[end - 1] == ' ' || text[end + 1] == ' ')) {
      end = line.rfind(' ', end - 1);
    }
    std::size_t next = end + 1;
    if (end == std::string_view::npos || end == 0) {
      end = next = first_columns(text, room).size();
    }
    result += text.substr(0, end);
    result += "\n" + std::string(indent, ' ');
    text.remove_prefix(next);
  }
  return result + std::string(text) + "\n";
}

std::string two_sides(const std::string& left, const std::string& right,
                      const Style& style) {
  const std::size_t used = columns(left) + columns(right);
  if (used + 2 > style.width) {
    return wrapped("", left, style.width) + std::string(4, ' ') + right + "\n";
  }
  return left + std::string(style.width - used, ' ') + right + "\n";
}

std::string bar(std::size_t part, std::size_t of, std::size_t width) {
  const std::size_t full = of == 0 ? 0 : std::min(part, of) * width / of;
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

std::string points_text(int points, int of) {
  return fmt::format("{} of {} point{}", points, of, of == 1 ? "" : "s");
}

std::string where_to_read(const Exercise& exercise, const CaseInfo& info) {
  const Manifest& manifest = exercise.manifest;
  return in_chapter(manifest.chapter_number(),
                    info.heading.empty() ? manifest.heading : info.heading);
}

std::string ending(const CaseRun& run) {
  const Result& process = run.process;
  if (process.timed_out) {
    return fmt::format(
        "stopped after {} seconds: it did not come to an end",
        std::chrono::duration_cast<std::chrono::seconds>(process.elapsed)
            .count());
  }
  if (process.too_much_output) {
    return fmt::format("stopped after more than {} KiB of output",
                       Limits().output >> 10U);
  }
  if (process.too_much_memory) {
    return fmt::format("stopped for using more than {} MB of memory",
                       process.limits.memory >> 20U);
  }
  if (process.too_much_disk) {
    return fmt::format("stopped for filling its folder with more than {} MB",
                       process.disk_limit >> 20U);
  }
  if (process.killed_by == SIGXCPU) {
    return fmt::format(
        "stopped after {} s of computing: a loop that does not end?",
        process.limits.cpu.count());
  }
  if (process.killed_by == SIGXFSZ) {
    return fmt::format("stopped for writing a file of more than {} MB",
                       process.limits.file_size >> 20U);
  }
  if (process.killed_by) {
    return "killed by " + signal_name(*process.killed_by);
  }
  if (process.exit_status == 0 && !run.ended()) {
    return "exit status 0, before all was done";
  }
  return fmt::format("exit status {}", process.exit_status);
}

std::string headline(const Exercise& exercise, const CaseVerdict& verdict,
                     const Style& style) {
  const std::string line =
      two_sides(exercise.id() + ": " + verdict.info.title,
                points_text(verdict.points(), verdict.info.points), style);
  const std::string text = line.substr(0, line.size() - 1);
  return (verdict.passed() ? style.good(text) : style.bad(text)) + "\n";
}

std::string told_finding(const Finding& finding, const std::string& lead,
                         const Style& style) {
  std::string text =
      style.bad(wrapped(lead, readable(finding.what), style.width));
  for (const auto& [label, place] : finding.places) {
    text += value_line(fmt::format("{:<11}", label).c_str(), place, style);
  }
  return text;
}

std::string read_of_trap(Trap trap, int chapter, const Style& style) {
  return read_line(page_of(trap, chapter), style);
}

std::string read_of_mistake(std::string_view said, const Style& style) {
  const auto mistake = std::ranges::find_if(kMistakes, [&](const Mistake& one) {
    return said.find(one.words) != std::string_view::npos;
  });
  if (mistake == kMistakes.end()) return "";
  return read_line(on_page_of_mistakes(mistake->heading), style);
}

std::string directions(const Exercise& exercise, const Style& style,
                       const CaseInfo& info) {
  const std::string read = "  read  " + where_to_read(exercise, info);
  const std::string hint =
      fmt::format("hint  ./workbook hint {}", exercise.id());
  const std::size_t used = columns(read) + columns(hint);
  if (used + 3 <= style.width) {
    const std::size_t gap = std::min<std::size_t>(style.width - used, 6);
    return read + std::string(gap, ' ') + hint + "\n";
  }
  return read + "\n  " + hint + "\n";
}

std::string compiler_warns(const std::string& messages, const Style& style) {
  std::string text = "The compiler warns:\n";
  for (const std::string& line : split_lines(messages)) {
    text += "  | " + readable(line) + "\n";
  }
  return text + read_of_mistake(messages, style);
}

std::string story(const Exercise& exercise, const CaseVerdict& verdict,
                  const Style& style) {
  std::string text = headline(exercise, verdict, style);
  const auto& wanted = verdict.expected.lines;
  std::size_t agreed = 0;
  while (agreed < std::min(*verdict.difference, wanted.size()) &&
         wanted[agreed].kind != Line::Kind::end) {
    ++agreed;
  }
  const std::size_t digits = agreed < 99 ? 2 : 3;
  text += told_before(wanted, agreed, digits, style);
  const std::string number = fmt::format(">{:>{}}. ", agreed + 1, digits);
  text += verdict.got.finding
              ? told_finding(*verdict.got.finding, number, style)
              : told_difference(verdict, number, style);
  text += told_reason(exercise, verdict, style);
  return text + directions(exercise, style, verdict.info);
}

std::string narrative(const Exercise& exercise, const Verdict& verdict,
                      const Style& style, Stories stories_of) {
  std::string stories;
  std::string others;
  for (const CaseVerdict& one : verdict.cases) {
    if (!one.passed() && (stories.empty() || stories_of == Stories::all)) {
      stories += (stories.empty() ? "" : "\n") + story(exercise, one, style);
    } else {
      others += headline(exercise, one, style);
    }
  }
  if (!stories.empty()) return stories + others;
  return others +
         style.good(fmt::format(
             "{}: {}. To compare: ./workbook solution {}", exercise.id(),
             points_text(verdict.points(), exercise.manifest.points),
             exercise.id())) +
         "\n";
}

std::string narrative(const Exercise& exercise, const Compiled& compiled,
                      const Style& style) {
  if (compiled) return {};
  const CompileStory told = tell(exercise, compiled);
  const auto head = [&](const std::string& lead) {
    std::string text = wrapped(lead, told.what, style.width);
    text.pop_back();
    return style.bad(text) + "\n";
  };
  std::string text = head(exercise.id() + ": ");
  const auto all = split_lines(compiled.messages);
  const auto lines = without_library(all, exercise.learner);
  for (std::size_t i = 0; i < std::min(lines.size(), kMostMessages); ++i) {
    text += "  | " + readable(lines[i]) + "\n";
  }
  if (lines.size() > kMostMessages) {
    text += fmt::format("  | ({} more)\n",
                        counted(lines.size() - kMostMessages, "line"));
  }
  if (lines.size() < all.size()) {
    text += fmt::format("  | (left out: {} about the library)\n",
                        counted(all.size() - lines.size(), "line"));
  }
  // Repeated: the first line has scrolled away.
  if (lines.size() > kMostOutput) text += head("> ");
  if (compiled.failure == Compiled::Failure::does_not_compile &&
      !compiled.error.empty()) {
    text += wrapped("  first ", readable(compiled.error), style.width);
  }
  if (!told.advice.empty())
    text += wrapped("  why   ", told.advice, style.width);
  return text + read_of_mistake(compiled.messages, style) +
         directions(exercise, style);
}

std::string not_started(const Exercise& exercise, const Verdict& verdict,
                        int line) {
  const std::size_t count = verdict.cases.size();
  return fmt::format(
      "{}: not started. {} of {} task{}, as {} should. Open {}:{}\n",
      exercise.id(), verdict.failures(), count,
      count == 1 ? " fails" : "s fail", count == 1 ? "it" : "they",
      exercise.learner, line);
}

}  // namespace grader
