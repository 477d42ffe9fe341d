// Places in files that are not here, for warnings from more than one file.
#pragma once

#include <source_location>

namespace places {

using Place = std::source_location;

// clang-format off: a place a line
#line 5 "r08.py"
inline constexpr Place kR08[] = {Place::current(),  // line 5
                                 Place::current(),
                                 Place::current(),
                                 Place::current()};
#line 5 "one.py"
inline constexpr Place kOne[] = {Place::current(),
                                 Place::current(),
                                 Place::current()};
#line 5 "two.py"
inline constexpr Place kTwo[] = {Place::current(),
                                 Place::current(),
                                 Place::current()};
#line 5 "one/main.cpp"
inline constexpr Place kMainOfOne = Place::current();
#line 5 "two/main.cpp"
inline constexpr Place kMainOfTwo = Place::current();
#line 6 "r09_warning_format.py"
inline constexpr Place kR09[] = {Place::current(),  // line 6
                                 Place::current(),
                                 Place::current(),
                                 Place::current()};
#line 99 "no_such_file.py"
inline constexpr Place kNoFile = Place::current();
#line 1 "f"
inline constexpr Place kF = Place::current();
#line 1 "hook"
inline constexpr Place kHook = Place::current();
// clang-format on

}  // namespace places
