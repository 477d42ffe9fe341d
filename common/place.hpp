// Places in the source: what "created at" prints.
#pragma once

#include <source_location>
#include <string>
#include <string_view>

namespace common {

// "asyncio_debug.cpp:41": the file without its folders, and the line.
std::string file_line(const std::source_location& place);

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

// "MainThread" for the first thread that asks, then "Thread-1", "Thread-2".
// threading.current_thread().name
std::string_view thread_name();

}  // namespace common
