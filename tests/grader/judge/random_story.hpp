// Of a random story that went wrong, the shortest part that still does.
#pragma once

#include <functional>
#include <string>

#include "tests/grader/judge/judge.hpp"

namespace grader {

// Tells a story of the case, or a part of it ("7:0,4,5", see probe.hpp), with
// the learner's program and with ours, and compares.
using Tell = std::function<CaseVerdict(const std::string& part)>;

// Starts a probe that tells that part, and nothing else.
Runner telling(const std::string& part, const Runner& runner = run);

// Leaves out operations, in chunks and then one by one, as long as the rest
// differs: the same ones each time. Returns the verdict on what is left; or the
// one that it got if no random story is the first that differs, or if the story
// does not when it is told alone.
CaseVerdict with_shortest_story(CaseVerdict verdict, const Tell& tell);

}  // namespace grader
