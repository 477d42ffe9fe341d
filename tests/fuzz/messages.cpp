// The messages of compiler and linker about a submission, which chooses its
// names.
#include "tests/fuzz/submission.hpp"
#include "tests/grader/judge/judge.hpp"
#include "tests/grader/judge/narrative.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fuzz::require;
  using Failure = grader::Compiled::Failure;
  const std::string text(fuzz::as_text(data, size));
  const auto compiled = grader::explain_messages(text, fuzz::kSource);
  require(!compiled, "an error is an error");
  require(text.starts_with(compiled.messages), "nothing is added", text);
  require(compiled.line >= 0, "lines begin at 1");
  const bool names = compiled.failure == Failure::lacks_definitions ||
                     compiled.failure == Failure::defines_twice;
  require(!names ||
              (!compiled.what.empty() &&
               text.find(compiled.what) != std::string::npos) ||
              compiled.what == "main",
          "a name that the text has", compiled.what);
  fuzz::check_told(grader::narrative(fuzz::make_exercise(), compiled, {}));
  return 0;
}
