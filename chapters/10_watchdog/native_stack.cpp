#include "chapters/10_watchdog/native_stack.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "common/place.hpp"

#if __has_include(<execinfo.h>)
#include <execinfo.h>
#endif

namespace ch10 {

namespace {

using Lines = std::vector<std::string>;

std::string_view behind_last(std::string_view text, char c) {
  return text.substr(text.find_last_of(c) + 1);
}

std::uintptr_t number(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

// As a word of the shell. A ' would end it.
std::string quoted(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

// What a command prints. Nothing, if there is no such command.
Lines output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      ::popen((command + " 2>/dev/null").c_str(), "r"), ::pclose);
  Lines output;
  std::string line;
  for (int c = 0; pipe && (c = std::fgetc(pipe.get())) != EOF;) {
    if (c != '\n') {
      line += static_cast<char>(c);
    } else {
      output.push_back(std::exchange(line, {}));
    }
  }
  return output;
}

std::string text(std::string_view function, std::string_view line) {
  return common::function_name(function) + "()" +
         (line.empty() ? "" : " at " + std::string(line));
}

#if __has_include(<mach/mach.h>)

// On a Mac: one line for each address, "heat() (in 10_watchdog) (main.cpp:15)".
std::string command_for(std::string_view file, const void* base,
                        const std::vector<std::uintptr_t>& addresses) {
  std::string command =
      fmt::format("atos -o {} -l 0x{:x}", quoted(file), number(base));
  for (const auto address : addresses)
    command += fmt::format(" 0x{:x}", address);
  return command;
}
std::vector<Lines> functions_in(const Lines& output) {
  std::vector<Lines> functions;
  for (const std::string_view line : output) {
    const auto begin = line.find(" (in ");
    std::string_view place = line.substr(line.find_last_of('(') + 1);
    place = place.substr(0, place.find(')'));
    if (place.find(':') == place.npos) place = "";
    functions.push_back({text(line.substr(0, begin), place)});
  }
  return functions;
}

#else

std::string command_for(std::string_view file, const void* base,
                        const std::vector<std::uintptr_t>& addresses) {
  std::string command = "addr2line -aCfie " + quoted(file);
  for (const auto address : addresses) {
    command += fmt::format(" 0x{:x}", address - number(base));
  }
  return command;
}
// For each address, the address, and two lines for each function that was
// merged into that place: "heat()", "/home/cook/main.cpp:15".
std::vector<Lines> functions_in(const Lines& output) {
  std::vector<Lines> functions;
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (output[i].starts_with("0x")) {
      functions.emplace_back();
    } else if (!functions.empty() && i + 1 < output.size()) {
      const std::string& function = output[i++];
      std::string_view place = behind_last(output[i], '/');
      place = place.substr(0, place.find(' '));  // " (discriminator 2)"
      if (place.starts_with('?') || place.ends_with(":?")) place = "";
      functions.back().push_back(text(function, place));
    }
  }
  return functions;
}

#endif

// The loop, which called the coroutine or the callback.
bool is_loop(std::string_view line) {
  return line.find("coroutine_handle::resume()") != line.npos ||
         line.starts_with("ch02::Callback::call()") ||
         line.starts_with("ch02::Handle::run()") ||
         line.starts_with("ch03::TaskBase::run()");
}

bool is_handler(std::string_view line) {
  return line.find("::on_signal()") != line.npos;
}

}  // namespace

void prepare_backtrace() {
#if __has_include(<execinfo.h>)
  std::array<void*, 1> one;
  ::backtrace(one.data(), 1);
#endif
}

Lines stack_lines(std::span<void* const> stack) {
  Dl_info program{};
  ::dladdr(reinterpret_cast<void*>(&prepare_backtrace), &program);
  const auto module_of = [&program](const void* address) {
    Dl_info module{};
    if (::dladdr(address, &module) == 0) module = program;
    return module;
  };
  std::vector<std::uintptr_t> addresses;
  for (void* const address : stack) {
    if (module_of(address).dli_fbase != program.dli_fbase) continue;
    addresses.push_back(number(address) - 1);  // the call is before the return
  }
  // In the command's process /proc/self would be the command.
  std::string file = fmt::format("/proc/{}/exe", ::getpid());
  if (::access(file.c_str(), R_OK) != 0) file = program.dli_fname;
  const auto functions =
      functions_in(output_of(command_for(file, program.dli_fbase, addresses)));

  Lines lines;
  std::size_t known = 0;
  for (void* const address : stack) {
    const Dl_info module = module_of(address);
    const std::string name(behind_last(module.dli_fname, '/'));
    if (module.dli_fbase != program.dli_fbase) {
      // What a library exports has a name here already.
      if (!module.dli_sname) continue;
      lines.push_back(text(common::demangled(module.dli_sname), "") + " in " +
                      name);
    } else if (functions.empty()) {
      lines.push_back(fmt::format("{} + 0x{:x}", name,
                                  number(address) - number(program.dli_fbase)));
    } else if (known < functions.size()) {
      for (const std::string& line : functions[known++]) {
        if (is_loop(line)) return lines;
        lines.push_back(line);
        if (is_handler(line)) lines.clear();  // up to here, it is about us
      }
    }
  }
  if (functions.empty() && !addresses.empty()) {
    lines.push_back(
        command_for(program.dli_fname, program.dli_fbase, addresses));
  }
  return lines;
}

}  // namespace ch10
