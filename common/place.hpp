// Places in the source, as "created at" prints them.
#pragma once

#include <cstring>
#include <source_location>
#include <string>
#include <string_view>

namespace common {

// A place, as a default argument of a consteval constructor that is called with
// a co_await among its other arguments. GCC 14 moves arguments that are
// objects, such as a std::source_location, into the frame of the coroutine, and
// then finds no constants there. It leaves pointers alone. (On Clang their type
// is private, but Clang does not need them.)
#if defined(__clang__)
using PlacePointer = std::source_location;
consteval PlacePointer current_place(
    PlacePointer here = std::source_location::current()) {
  return here;
}
consteval std::source_location place_at(PlacePointer where) { return where; }
#else
using PlacePointer = decltype(__builtin_source_location());
consteval PlacePointer current_place(
    PlacePointer here = __builtin_source_location()) {
  return here;
}
consteval std::source_location place_at(PlacePointer where) {
  return std::source_location::current(where);
}
#endif

// "asyncio_debug.cpp:41": the file without its folders, and the line.
std::string file_line(const std::source_location& place);

// Are they one place in the source? Each file that includes a header may have
// its own copy of the header's name.
inline bool same_place(const std::source_location& a,
                       const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() &&
         (a.file_name() == b.file_name() ||
          std::strcmp(a.file_name(), b.file_name()) == 0);
}

// The file without its folders.
std::string_view file_name(const std::source_location& place);

// The function's qualified name: "app::fetch", "main::<lambda>". Compilers
// spell function_name() differently; this is the same for all of them. Names
// of unnamed namespaces, return types, parameters and template arguments are
// left out.
std::string function_name(const std::source_location& place);
std::string function_name(std::string_view signature);

// The same for the name of a type: "std::runtime_error".
std::string demangled(const char* mangled_type_name);

// "MainThread" for the thread that runs main(); for others "Thread-1",
// "Thread-2", in the order in which they ask.  threading.current_thread().name
std::string thread_name();

}  // namespace common
