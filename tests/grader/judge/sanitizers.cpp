#include "tests/grader/judge/sanitizers.hpp"

#ifdef __linux__
#include <elf.h>
#endif

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "tests/grader/judge/own_words.hpp"
#include "tests/grader/judge/shown.hpp"

namespace grader {

namespace {

struct Kind {
  std::string_view sign;  // in the sanitizer's own words
  std::string_view what;
  std::string_view why;
  Trap trap = Trap::none;
};

constexpr std::string_view kGone =
    "who guarantees that this is still there? Look at what holds it, and at "
    "who lets go of it first";

constexpr Kind kStack = {
    "stack-overflow", "the stack overflows: calls inside calls, without end",
    "each call that has not returned yet keeps its place on the stack, and a "
    "stack has a few megabytes",
    Trap::memory};

constexpr std::array kKinds = {
    Kind{"heap-use-after-free", "it uses what was destroyed", kGone,
         Trap::gone},
    Kind{"stack-use-after-return",
         "it uses a variable of a function that has "
         "returned",
         kGone, Trap::gone},
    Kind{"stack-use-after-scope", "it uses a variable whose block has ended",
         kGone, Trap::gone},
    Kind{"attempting double-free", "it destroys the same thing twice",
         "two owners of one thing: only one of them may destroy it",
         Trap::gone},
    Kind{"attempting free on address",
         "it destroys what it did not get from "
         "new",
         "what was not made by new must not be deleted"},
    Kind{"alloc-dealloc-mismatch",
         "it destroys with one form of delete what "
         "was made with another form of new",
         "new[] wants delete[]"},
    Kind{"new-delete-type-mismatch",
         "it destroys a thing as if it were of "
         "another type",
         "delete through a base class needs a virtual "
         "destructor"},
    Kind{"buffer-overflow", "it goes beyond the end of what it was given",
         "which index, or which length, is one too far?"},
    Kind{"buffer-underflow",
         "it goes before the beginning of what it was "
         "given",
         "which index is below zero?"},
    Kind{"container-overflow", "it goes beyond the end of a container",
         "which index, or which iterator, is one too far?"},
    Kind{"AddressSanitizer: SEGV", "it uses an address where nothing is",
         "an empty pointer or reference, or one that was overwritten; or a "
         "coroutine that has come to its end, and is resumed",
         Trap::memory},
    // Where a program asks for it, with handle_abort.
    Kind{"AddressSanitizer: ABRT", "it gave up: abort()",
         "the words above say what could not go on"},
    Kind{
        "WARNING: ThreadSanitizer: data race",
        "two threads use the same variable at once, and one of them writes",
        "nothing between them says who comes first: a mutex does, or an atomic "
        "variable that one writes with release and the other one reads with "
        "acquire",
        Trap::thread},
    Kind{"WARNING: ThreadSanitizer: heap-use-after-free",
         "one thread uses what another one has destroyed", kGone, Trap::gone},
};

// "/somewhere/ID.cpp:31" at the end of a stack frame in the learner's file.
std::optional<std::string> place_in(std::string_view line,
                                    std::string_view source) {
  const std::size_t folder = source.rfind('/');
  const std::string_view name =
      folder == std::string_view::npos ? source : source.substr(folder + 1);
  const std::size_t at = line.find(std::string(name) + ":");
  if (at == std::string_view::npos ||
      (at > 0 && line[at - 1] != '/' && line[at - 1] != ' ')) {
    return std::nullopt;
  }
  const int number =
      std::atoi(std::string(line.substr(at + name.size() + 1)).c_str());
  if (number <= 0) return std::nullopt;
  return std::string(source) + ":" + std::to_string(number);
}

bool begins_stack(std::string_view line, std::string_view words) {
  return line.find(words) != std::string_view::npos;
}

// The first frame in the learner's file, for each of the stacks.
void find_places(Finding& finding, const std::vector<std::string>& lines,
                 std::size_t at, const std::string& source) {
  std::string label = "where";
  bool found = false;
  for (; at < lines.size(); ++at) {
    const std::string& line = lines[at];
    if (line.starts_with("SUMMARY:")) break;
    std::string next;
    if (begins_stack(line, "freed by thread")) next = "destroyed";
    if (begins_stack(line, "previously allocated by")) next = "made";
    if (begins_stack(line, "Previous write") ||
        begins_stack(line, "Previous read") ||
        begins_stack(line, "Previous atomic")) {
      next = "and where";
    }
    if (!next.empty()) {
      label = next;
      found = false;
    }
    if (found) continue;
    if (const auto place = place_in(line, source)) {
      finding.places.emplace_back(label, *place);
      found = true;
    }
  }
}

}  // namespace

std::optional<Finding> find_in(const std::string& output,
                               const std::string& source, bool also_stack) {
  constexpr std::string_view kUndefined = ": runtime error: ";
  const std::vector<std::string> lines = split_lines(output);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    Finding finding;
    if (const std::size_t at = line.find(kUndefined);
        at != std::string_view::npos) {
      finding.what = "undefined behaviour: " +
                     std::string(line.substr(at + kUndefined.size()));
      finding.why =
          "the language gives no meaning to this, so a compiler may do "
          "anything with it";
      find_places(finding, lines, i, source);
      return finding;
    }
    const bool report =
        line.find("ERROR: AddressSanitizer: ") != std::string_view::npos ||
        line.starts_with("WARNING: ThreadSanitizer: ");
    if (!report) continue;
    if (also_stack && line.find(kStack.sign) != std::string_view::npos) {
      finding.what = kStack.what;
      finding.why = kStack.why;
      finding.trap = kStack.trap;
      find_places(finding, lines, i + 1, source);
      return finding;
    }
    for (const Kind& kind : kKinds) {
      if (line.find(kind.sign) == std::string_view::npos) continue;
      finding.what = kind.what;
      finding.why = kind.why;
      finding.trap = kind.trap;
      find_places(finding, lines, i + 1, source);
      return finding;
    }
  }
  return std::nullopt;
}

namespace {

// Attributes and pragmas.
const std::vector<std::string> kLookAway = {
    "no_sanitize",
    "__no_sanitize__",
    "no_sanitize_address",
    "__no_sanitize_address__",
    "no_sanitize_thread",
    "__no_sanitize_thread__",
    "no_sanitize_undefined",
    "__no_sanitize_undefined__",
    "no_address_safety_analysis",
    "disable_sanitizer_instrumentation"};

#ifdef __linux__

struct Symbol {
  std::string_view name;
  bool strong;
};

// A copy of what is at this place, or zeros beyond the end.
template <class Type>
Type at(std::string_view bytes, std::uint64_t place) {
  Type value{};
  if (place <= bytes.size() && bytes.size() - place >= sizeof value) {
    std::memcpy(&value, bytes.data() + place, sizeof value);
  }
  return value;
}

// The functions that an ELF file defines for others.
std::vector<Symbol> symbols_in(std::string_view bytes) {
  std::vector<Symbol> symbols;
  const auto header = at<Elf64_Ehdr>(bytes, 0);
  if (!bytes.starts_with(ELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64) {
    return symbols;
  }
  const auto section = [&](std::uint64_t number) {
    return at<Elf64_Shdr>(bytes, header.e_shoff + number * sizeof(Elf64_Shdr));
  };
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr table = section(i);
    if (table.sh_type != SHT_SYMTAB && table.sh_type != SHT_DYNSYM) continue;
    if (table.sh_size > bytes.size()) continue;
    const std::uint64_t names = section(table.sh_link).sh_offset;
    for (std::uint64_t j = 0; j < table.sh_size; j += sizeof(Elf64_Sym)) {
      const auto symbol = at<Elf64_Sym>(bytes, table.sh_offset + j);
      const unsigned binding = ELF64_ST_BIND(symbol.st_info);
      const std::uint64_t place = names + symbol.st_name;
      // Variables may be a shared library's, which a linker copies.
      if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL ||
          ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT ||
          place >= bytes.size()) {
        continue;
      }
      const std::string_view rest = bytes.substr(place);
      symbols.push_back({rest.substr(0, rest.find('\0')), binding != STB_WEAK});
    }
  }
  return symbols;
}

#endif

}  // namespace

std::vector<std::string> silencers_in(const std::string& source,
                                      const std::string& program) {
  std::vector<std::string> found = names_used(source, kLookAway);
#ifdef __linux__
  constexpr std::array<std::string_view, 6> kPrefixes = {
      "__asan_", "__ubsan_", "__tsan_", "__lsan_", "__sanitizer_", "__hwasan_"};
  constexpr std::array<std::string_view, 7> kHooks = {
      "_default_options",     "_default_suppressions", "_on_error",
      "_on_report",           "_on_initialize",        "_on_finalize",
      "_report_error_summary"};
  const std::vector<Symbol> symbols = symbols_in(program);
  // Clang links the sanitizers themselves into the program. What they let a
  // program define is weak there.
  const bool has_sanitizer =
      std::any_of(symbols.begin(), symbols.end(), [](const Symbol& one) {
        return one.name == "__asan_init" || one.name == "__tsan_init";
      });
  for (const Symbol& one : symbols) {
    const bool theirs = std::any_of(
        kPrefixes.begin(), kPrefixes.end(),
        [&](std::string_view prefix) { return one.name.starts_with(prefix); });
    const bool hook =
        one.strong &&
        std::any_of(kHooks.begin(), kHooks.end(), [&](std::string_view end) {
          return one.name.ends_with(end);
        });
    if (theirs && (!has_sanitizer || hook)) found.emplace_back(one.name);
  }
#endif
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace grader
