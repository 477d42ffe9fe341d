// The story that a learner reads about a verdict: the steps that went right,
// the first that did not, why it matters, where to read, and the way to a hint.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/judge.hpp"

namespace grader {

struct Style {
  std::size_t width = 80;
  bool colour = false;

  std::string bold(const std::string& text) const;
  std::string good(const std::string& text) const;
  std::string bad(const std::string& text) const;
};

// As wide as the terminal behind standard output, from 40 to 100 columns;
// coloured on a terminal only, and not with NO_COLOR or TERM=dumb.
Style terminal_style();

// `lead` and the text, broken at single spaces; further lines are indented as
// far as the lead. A piece without spaces is broken anywhere: only single
// spaces are ever lost.
std::string wrapped(const std::string& lead, std::string_view text,
                    std::size_t width);
// Left and right on one line as wide as the style; on two lines if they are too
// long for one.
std::string two_sides(const std::string& left, const std::string& right,
                      const Style& style);
// "[###.......]", with `width` signs between the brackets.
std::string bar(std::size_t part, std::size_t of, std::size_t width);
// "0 of 5 points"
std::string points_text(int points, int of);

inline constexpr std::string_view kNeverEnds =
    "this usually never ends: a loop whose condition nothing in it changes; a "
    "callback that queues itself again at once, before the round is over; a "
    "wait for a callback that nothing queues; a mutex that the same thread "
    "locks twice";
// What to read about a case: book, chapter 6, "What counts as slow"
std::string where_to_read(const Exercise& exercise, const CaseInfo& info);

// How a program ended, in words: "killed by signal 11 (Segmentation fault)".
std::string ending(const CaseRun& run);

// One line: the case and its points.
std::string headline(const Exercise& exercise, const CaseVerdict& verdict,
                     const Style& style);
// The complete story of a case that failed.
std::string story(const Exercise& exercise, const CaseVerdict& verdict,
                  const Style& style);
// The story of the first case that failed, or of all that did, and then a line
// for each of the others.
enum class Stories : unsigned char { first, all };
std::string narrative(const Exercise& exercise, const Verdict& verdict,
                      const Style& style, Stories stories_of = Stories::first);
// What a sanitizer found, and where; `lead` begins the first line.
std::string told_finding(const Finding& finding, const std::string& lead,
                         const Style& style);
// "read" and where the book tells of a mistake that any exercise may have, to a
// reader who has come as far as this chapter. Empty if it does not.
std::string read_of_trap(Trap trap, int chapter, const Style& style);
// The same for words of a compiler or of a program.
std::string read_of_mistake(std::string_view said, const Style& style);
// Where to read and how to go on.
std::string directions(const Exercise& exercise, const Style& style,
                       const CaseInfo& info = {});
// Warnings come before the rest, which they often explain.
std::string compiler_warns(const std::string& messages, const Style& style);
// The story of a file that did not compile.
std::string narrative(const Exercise& exercise, const Compiled& compiled,
                      const Style& style);

// For the untouched starter: where to begin.  `line`: of its TODO.
std::string not_started(const Exercise& exercise, const Verdict& verdict,
                        int line);

}  // namespace grader
