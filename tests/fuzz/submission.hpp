// The common parts of the targets about submissions.
#pragma once

#include "tests/fuzz/fuzz.hpp"
#include "tests/grader/judge/bundle.hpp"

namespace fuzz {

inline constexpr const char* kSource =
    "chapters/06_slow_callback/exercises/a.cpp";

// One character after the other, as a decoder reads them.
inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t more = first < 0x80    ? 0
                             : first < 0xc2  ? text.size()
                             : first < 0xe0  ? 1
                             : first < 0xf0  ? 2
                             : first <= 0xf4 ? 3
                                             : text.size();
    if (more >= text.size() - i) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0U) != 0x80) {
        return false;
      }
    }
    i += more + 1;
  }
  return true;
}

inline grader::Exercise make_exercise() {
  grader::Exercise exercise;
  exercise.manifest.id = "stop_watch";
  exercise.manifest.chapter = "06_slow_callback";
  exercise.manifest.title = "The stopwatch";
  exercise.manifest.points = 1;
  exercise.manifest.heading = "What counts as slow";
  exercise.learner = kSource;
  exercise.manifest.cases = {{"at_the_limit", "warn at the limit", 1, "so"}};
  return exercise;
}

inline void check_told(std::string_view told) {
  require(fuzz::harmless(told), "a story is printable", told);
  require(is_utf8(told), "a story is UTF-8", told);
}

}  // namespace fuzz
