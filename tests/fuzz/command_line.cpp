// Command lines: an argument a line, for a program with options of every kind.
#include "common/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

#include "tests/fuzz/exit.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using fuzz::require;
using std::chrono::nanoseconds;

// Captures what is written to a stream, while it lives.
class Captured {
 public:
  explicit Captured(std::FILE*& stream)
      : stream_(stream),
        before_(stream),
        memory_(::open_memstream(&text_, &size_)) {
    stream_ = memory_;
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured() {
    stream_ = before_;
    std::fclose(memory_);
    std::free(text_);
  }

  std::string_view text() {
    std::fflush(memory_);
    return {text_, size_};
  }

 private:
  std::FILE*& stream_;
  std::FILE* before_;
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* memory_;
};

struct Values {
  bool verbose = false;
  nanoseconds block{0};
  nanoseconds limit{100'000'000};
  std::string level = "info";
};

const std::vector<std::string> kLevels = {"debug", "info", "warning"};

void check_values(const Values& values) {
  constexpr auto kMost = std::chrono::seconds(50'000'000);
  for (const nanoseconds value : {values.block, values.limit}) {
    require(value >= nanoseconds(0) && value <= kMost, "seconds in range");
  }
  require(
      std::find(kLevels.begin(), kLevels.end(), values.level) != kLevels.end(),
      "one of the words", values.level);
}

void parse(const std::vector<const char*>& arguments, Values& values) {
  common::CommandLine command_line("What it does.");
  command_line.flag("verbose,v", values.verbose, "let it talk");
  command_line.seconds("block,b", values.block, "how long it blocks");
  command_line.seconds("slow-callback-duration", values.limit, "the limit");
  command_line.choice("level,l", values.level, kLevels, "from which level on");
  command_line.parse(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::as_text(data, size);
  std::vector<std::string> words;
  while (!text.empty()) words.emplace_back(fuzz::take_until(text, "\n"));
  std::vector<const char*> arguments = {"/some/where/program"};
  for (const std::string& word : words) {
    // It would write a file wherever the fuzzer likes.
    if (word.starts_with("--trace")) return 0;
    arguments.push_back(word.c_str());
  }

  Values values;
  Captured out(stdout);
  Captured err(stderr);
  std::optional<int> status;
  try {
    parse(arguments, values);
  } catch (const fuzz::Exit& exit) {
    status = exit.status;
  }
  const std::string said(out.text());
  const std::string complained(err.text());
  if (!status) {
    check_values(values);
    require(said.empty() && complained.empty(), "silence", said);
  } else if (*status == 0) {
    require(said.starts_with("What it does.\n\nUsage: program [options]\n") &&
                complained.empty(),
            "--help shows the help", said);
  } else {
    require(*status == 2 && said.empty(), "status 2 and no output", said);
    require(complained.starts_with("program: ") &&
                complained.find("\nUsage: program [options]\n") !=
                    std::string::npos,
            "a complaint and the usage", complained);
  }
  return 0;
}
