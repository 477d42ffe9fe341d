#include "tests/grader/judge/probe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "common/repr.hpp"
#include "common/unique_fd.hpp"
#include "tests/grader/judge/clean_text.hpp"

namespace probe {

namespace {

using grader::escaped;

constexpr int kReportFd = 3;
constexpr std::uint64_t kVisibleSeed = 1;
constexpr std::size_t kMostNotes = 1000;

// The standard class that an exception counts as.
std::string standard_name(const std::function<void()>& call) {
  try {
    call();
    return "returns";
  } catch (const std::system_error& error) {
    const auto code = error.code().default_error_condition();
    return "throws std::system_error (" + code.message() + ")";
  } catch (const std::invalid_argument&) {
    return "throws std::invalid_argument";
  } catch (const std::out_of_range&) {
    return "throws std::out_of_range";
  } catch (const std::length_error&) {
    return "throws std::length_error";
  } catch (const std::domain_error&) {
    return "throws std::domain_error";
  } catch (const std::logic_error&) {
    return "throws std::logic_error";
  } catch (const std::overflow_error&) {
    return "throws std::overflow_error";
  } catch (const std::range_error&) {
    return "throws std::range_error";
  } catch (const std::runtime_error&) {
    return "throws std::runtime_error";
  } catch (const std::bad_alloc&) {
    return "throws std::bad_alloc";
  } catch (const std::exception&) {
    return "throws std::exception";
  } catch (...) {
    return "throws " + common::type_name(std::current_exception());
  }
}

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

// The descriptor for the lines, far from those that the case will open: the
// first of these should be 3, as in a program that is run by hand.
int report_fd() {
  const int fd = ::fcntl(kReportFd, F_DUPFD_CLOEXEC, 100);
  if (fd >= 0) ::close(kReportFd);
  return fd;
}

constexpr std::uint64_t kFnvStart = 0xcbf29ce484222325U;
std::uint64_t fnv(std::uint64_t hash, std::string_view text) {  // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

// As long as it lives, nothing is printed: a learner's own words, two thousand
// times, are of no use, and more than the grader takes. What a sanitizer says
// goes to standard error.
class Hush {
 public:
  Hush() : kept_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100)) {
    std::fflush(stdout);
    const common::UniqueFd nowhere(::open("/dev/null", O_WRONLY));
    ::dup2(nowhere.get(), STDOUT_FILENO);
  }
  ~Hush() {
    std::fflush(stdout);
    ::dup2(kept_.get(), STDOUT_FILENO);
  }
  Hush(const Hush&) = delete;
  Hush& operator=(const Hush&) = delete;

 private:
  common::UniqueFd kept_;
};

int usage(const char* program, const std::string& why) {
  std::fprintf(stderr,
               "%s: %s\nUsage: %s --case NAME [--seed N] [--story N[:I,J...]] "
               "[--visible] | --list\n",
               program, why.c_str(), program);
  return 2;
}

}  // namespace

std::string text(bool value) { return value ? "true" : "false"; }
std::string text(std::int64_t value) { return fmt::format("{}", value); }
std::string text(std::uint64_t value) { return fmt::format("{}", value); }
std::string text(double value) {
  const std::string result = fmt::format("{:.6f}", value);
  return result == "-0.000000" ? result.substr(1) : result;
}
std::string text(std::chrono::nanoseconds value) {
  using std::chrono::nanoseconds;
  if (value == nanoseconds::max()) return "nanoseconds::max()";
  if (value == nanoseconds::min()) return "nanoseconds::min()";
  // In milliseconds wherever that is readable, so that a story has one unit.
  // From an hour on it is a sum: 1 h + 2 min + 0.5 ms.
  const std::int64_t count = value.count();
  const auto in_units = [](std::int64_t part, std::int64_t unit, int places,
                           const char* name) {
    std::string digits = fmt::format("{:0{}}", part % unit, places);
    digits.erase(digits.find_last_not_of('0') + 1);
    return fmt::format("{}{}{} {}", part / unit, digits.empty() ? "" : ".",
                       digits, name);
  };
  const std::string sign = count < 0 ? "-" : "";
  const std::int64_t size = std::abs(count);
  constexpr std::int64_t kMinute = 60'000'000'000;
  constexpr std::int64_t kHour = 60 * kMinute;
  if (size >= kHour) {
    const std::string plus = count < 0 ? " - " : " + ";
    std::string result = fmt::format("{}{} h", sign, size / kHour);
    const std::int64_t minutes = size % kHour / kMinute;
    if (minutes > 0) result += fmt::format("{}{} min", plus, minutes);
    const nanoseconds rest(size % kMinute);
    return rest.count() == 0 ? result : result + plus + text(rest);
  }
  // A little more or less than a limit: 20 ms - 1 ns.
  const std::int64_t over = (size + 9) % 1'000 - 9;
  if (size >= 1'000'000 && over != 0 && over < 10) {
    return fmt::format("{}{} {} {} ns", sign,
                       in_units(size - over, 1'000'000, 6, "ms"),
                       (over < 0) == (count < 0) ? '+' : '-', std::abs(over));
  }
  if (size >= 1'000'000 || size == 0) {
    return sign + in_units(size, 1'000'000, 6, "ms");
  }
  if (size >= 1'000) return sign + in_units(size, 1'000, 3, "us");
  return fmt::format("{} ns", count);
}

Run::Run(int fd, std::uint64_t seed, std::string_view name)
    : fd_(fd),
      seed_(seed),
      name_(name),
      state_(mixed(seed) ^ fnv(kFnvStart, name)) {}

Run::Run(const Run& of_case, int story)
    : Run(of_case.fd_, of_case.seed_,
          fmt::format("{}, story {}", of_case.name_, story)) {}

// SplitMix64, written here because each library has its own distributions.
std::uint64_t Run::next() {
  state_ += 0x9e3779b97f4a7c15U;
  return mixed(state_);
}

// Draws again when it gets one of the few values that would come too often.
std::size_t Run::below(std::size_t limit) {
  if (limit == 0) throw std::invalid_argument("probe: nothing to pick from");
  const std::uint64_t rest = (UINT64_MAX - limit + 1) % limit;
  std::uint64_t value = 0;
  do {
    value = next();
  } while (value > UINT64_MAX - rest);
  return static_cast<std::size_t>(value % limit);
}

int Run::number(int low, int high) {
  if (low > high) throw std::invalid_argument("probe: low is above high");
  const auto size = static_cast<std::int64_t>(high) - low + 1;
  return static_cast<int>(
      low + static_cast<std::int64_t>(below(static_cast<std::size_t>(size))));
}
std::chrono::milliseconds Run::milliseconds(int low, int high) {
  return std::chrono::milliseconds(number(low, high));
}
std::chrono::microseconds Run::microseconds(int low, int high) {
  return std::chrono::microseconds(number(low, high));
}
std::chrono::nanoseconds Run::nanoseconds(int low, int high) {
  return std::chrono::nanoseconds(number(low, high));
}
bool Run::coin() { return below(2) == 1; }

std::vector<int> Run::numbers(std::size_t count, int low, int high) {
  std::vector<int> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i) result.push_back(number(low, high));
  return result;
}

std::string Run::word() {
  static constexpr std::string_view kConsonants = "bdfgklmnprstvz";
  static constexpr std::string_view kVowels = "aeiou";
  std::string result;
  do {
    result.clear();
    const int syllables = number(2, 4);
    for (int i = 0; i < syllables; ++i) {
      result += kConsonants[below(kConsonants.size())];
      result += kVowels[below(kVowels.size())];
    }
  } while (std::find(words_.begin(), words_.end(), result) != words_.end());
  words_.push_back(result);
  return result;
}

std::vector<std::string> Run::words(std::size_t count) {
  std::vector<std::string> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i) result.push_back(word());
  return result;
}

std::string Run::name(std::string_view role) {
  return std::string(role) + "-" + word();
}
std::vector<std::string> Run::names(std::string_view role, std::size_t count) {
  std::vector<std::string> result = words(count);
  const std::string prefix = std::string(role) + "-";
  for (std::string& one : result) one.insert(0, prefix);
  return result;
}

void Run::report_step(std::string_view what) {
  write_line("step\t" + escaped(what));
}
void Run::report(std::string_view what, std::string_view value) {
  write_line("see\t" + escaped(what) + "\t" + escaped(value));
}
void Run::why(std::string_view reason) {
  write_line("why\t" + escaped(reason));
}
void Run::end() { write_line("end"); }

void Run::see_lines(std::string_view what,
                    const std::vector<std::string>& lines) {
  std::size_t number = 0;
  for (const std::string& line : lines) {
    report(fmt::format("{}, line {}", what, ++number), line);
  }
  report(fmt::format("{}, line {}", what, number + 1), "(no more lines)");
}

void Run::note(std::vector<std::string>& lines, std::string line) {
  lines.push_back(std::move(line));
  if (lines.size() < kMostNotes) return;
  const auto other =
      std::find_if(lines.rbegin(), lines.rend(),
                   [&](const std::string& one) { return one != lines.back(); });
  const auto same = other - lines.rbegin();
  report("stopped",
         same > 1 ? fmt::format("{} times in a row: {}", same, lines.back())
                  : fmt::format("{} lines, and no end: {}", lines.size(),
                                lines.back()));
  std::_Exit(0);
}

void Run::see_outcome(std::string_view what,
                      const std::function<void()>& call) {
  report(what, standard_name(call));
}

void Run::stories(int count, const std::function<void(Story&)>& write) {
  if (wanted_) {
    Story story(*this, wanted_->story);
    story.run.step("{}", wanted_->operations
                             ? "a random story, as short as it can be"
                             : "a random story");
    story.tell(write, wanted_->operations);
    story.run.end();
    std::fflush(stdout);
    std::_Exit(0);
  }
  std::optional<Hush> hush;
  if (fd_ != STDOUT_FILENO) hush.emplace();
  why("the same story goes right when no other is told before it: what is left "
      "over from one object to the next? What is static here, or global?");
  for (int number = 1; number <= count; ++number) {
    Story story(*this, number);
    story.run.lines_ = Lines::counted_in;
    const std::size_t operations = story.tell(write, {});
    report(fmt::format("random story {} ({} operations)", number, operations),
           fmt::format("{:016x}", story.run.fingerprint_));
  }
  why("");
}

std::size_t Story::tell(const std::function<void(Story&)>& write,
                        const std::optional<std::vector<std::size_t>>& some) {
  try {
    write(*this);
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!some || std::ranges::count(*some, i) > 0) operations_[i]();
    }
    end_();
  } catch (...) {
    run.report("threw", common::describe(std::current_exception()));
  }
  return operations_.size();
}

// Immediately and without a buffer, so that a crash loses nothing that was
// reported before it.
void Run::write_line(std::string line) {
  line += '\n';
  if (lines_ == Lines::counted_in) fingerprint_ = fnv(fingerprint_, line);
  if (lines_ != Lines::written) return;
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      std::fprintf(stderr, "probe: writing the report: %s\n",
                   std::strerror(errno));
      std::_Exit(3);
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

// "7", or "7:0,4,5"
std::optional<Run::Wanted> Run::parse_wanted(std::string_view text) {
  Wanted wanted;
  const auto take = [&text](auto& number) {
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return error == std::errc();
  };
  if (!take(wanted.story)) return {};
  if (text.empty()) return wanted;
  wanted.operations.emplace();
  while (text.size() > 1) {
    text.remove_prefix(1);
    if (!take(wanted.operations->emplace_back())) return {};
  }
  return wanted;
}

int main(int argc, char** argv, std::initializer_list<Case> cases) {
  std::string_view wanted;
  std::uint64_t seed = kVisibleSeed;
  std::string_view story;
  bool visible = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--list") {
      for (const Case& one : cases) std::printf("%s\n", one.first);
      return std::fflush(stdout) == 0 ? 0 : 1;
    }
    if (argument == "--visible") {
      visible = true;
    } else if ((argument == "--case" || argument == "--seed" ||
                argument == "--story") &&
               i + 1 < argc) {
      const char* const value = argv[++i];
      if (argument != "--seed") {
        (argument == "--case" ? wanted : story) = value;
        continue;
      }
      const char* const end = value + std::strlen(value);
      const auto result = std::from_chars(value, end, seed);
      if (result.ec != std::errc() || result.ptr != end) {
        return usage(argv[0], "--seed: a number is needed");
      }
    } else {
      return usage(argv[0], "what is '" + std::string(argument) + "'?");
    }
  }
  const auto found =
      std::find_if(cases.begin(), cases.end(),
                   [&](const Case& one) { return wanted == one.first; });
  if (found == cases.end()) {
    return usage(argv[0], "there is no case '" + std::string(wanted) + "'");
  }
  const int fd = visible ? STDOUT_FILENO : report_fd();
  if (fd < 0) {
    return usage(argv[0],
                 "descriptor 3 is not open; for people there is --visible");
  }
  Run run(fd, seed, found->first);
  if (!story.empty()) {
    run.wanted_ = Run::parse_wanted(story);
    if (!run.wanted_) return usage(argv[0], "--story: 7, or 7:0,4,5");
    run.lines_ = Run::Lines::dropped;
  }
  try {
    found->second(run);
  } catch (...) {
    run.report("threw", common::describe(std::current_exception()));
  }
  run.end();
  return 0;
}

}  // namespace probe

// The C library's makes its file in /tmp, which is out of reach for a program
// that is graded. This one makes it where std::filesystem would.
extern "C" [[gnu::weak]] std::FILE* tmpfile() {
  const char* const folder = std::getenv("TMPDIR");
  std::string name = std::string(folder ? folder : ".") + "/file-XXXXXX";
  const int fd = ::mkstemp(name.data());
  if (fd < 0) return nullptr;
  ::unlink(name.c_str());
  return ::fdopen(fd, "w+b");
}
