// new exercise|step|trap|transcript CHAPTER ID: the files of one more, for
// authors.
// The tests say what is still to be written in them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/learner.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

// "@ID@" and such in a template or a path, and the text that replaces it.
using Names = std::vector<std::pair<std::string, std::string>>;

struct Recipe {
  std::string_view kind;
  // Each template, and the path of the file made from it.
  std::vector<std::pair<std::string, std::string>> files;
  std::string_view more;       // that the author also has to write
  std::string_view refreshed;  // written by ./workbook refresh afterwards
};

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> kRecipes = {
      {"exercise",
       {{"contract.hpp", "chapters/@CHAPTER@/exercises/@ID@.hpp"},
        {"starter.cpp", "chapters/@CHAPTER@/exercises/@ID@.cpp"},
        {"starter.cpp", "tests/exercises/@ID@/starter.cpp"},
        {"manifest.ini", "tests/exercises/@ID@/@ID@.ini"},
        {"probe.cpp", "tests/exercises/@ID@/probe.cpp"},
        {"solution.cpp", "solutions/@CHAPTER@/@ID@.cpp"}},
       "And at least three wrong answers, each with one mistake: "
       "tests/exercises/@ID@/wrong/MISTAKE.cpp.\n"
       "Both copies of the starter stay the same.\n",
       "what the tests expect"},
      {"step",
       {{"step.cpp", "chapters/@CHAPTER@/steps/@STEP@_@ID@.cpp"},
        {"step.txt", "chapters/@CHAPTER@/steps/@STEP@_@ID@.txt"},
        {"step.ini", "tests/steps/@CHAPTER@/@STEP@_@ID@/@STEP@_@ID@.ini"},
        {"step.cpp", "tests/steps/@CHAPTER@/@STEP@_@ID@/starter.cpp"},
        {"step_solution.cpp", "solutions/@CHAPTER@/steps/@STEP@_@ID@.cpp"}},
       "Both copies of the starter stay the same; begin with the classes of "
       "the "
       "solution before.\n",
       "what the solution prints"},
      {"trap",
       {{"trap.cpp", "book/traps/@NN@_@ID@.cpp"},
        {"trap.txt", "book/traps/@NN@_@ID@.txt"}},
       "With \"// sanitize: address\" among its first lines it is compiled "
       "with "
       "AddressSanitizer.\n",
       "what it prints"},
      {"transcript",
       {{"transcript.txt", "chapters/@CHAPTER@/expected/@ID@.txt"}},
       "For its trace too, make an empty file beside it: @ID@.trace.json.\n",
       "what the program prints"},
  };
  return kRecipes;
}

// With these ids, exercise_ID or proof_ID would be a target that CMake has.
constexpr std::array<std::string_view, 3> kOfCMake = {"all", "header",
                                                      "support"};

const Recipe& find_recipe(const std::string& kind) {
  for (const Recipe& recipe : recipes()) {
    if (recipe.kind == kind) return recipe;
  }
  throw UsageError(fmt::format("new: there is no recipe for '{}'", kind));
}

std::vector<std::string> chapters_in(const Bundle& bundle) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(bundle.root / "chapters")) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string find_chapter(const Bundle& bundle, const std::string& word) {
  const std::vector<std::string> names = chapters_in(bundle);
  for (const std::string& name : names) {
    if (names_chapter(word, name)) return name;
  }
  throw UsageError(fmt::format("new: there is no chapter '{}'; there are: {}",
                               word, fmt::join(names, ", ")));
}

void check_id(const Bundle& bundle, const std::string& id) {
  static const std::regex words("[a-z]+(_[a-z]+)*");
  if (!std::regex_match(id, words)) {
    throw UsageError(fmt::format(
        "new: an id is small letters, with _ between words and no numbers: "
        "tea_timer, and not '{}'",
        id));
  }
  if (std::find(kOfCMake.begin(), kOfCMake.end(), id) != kOfCMake.end()) {
    throw UsageError(
        fmt::format("new: the build has another use for '{}'", id));
  }
  for (const std::string& chapter : chapters_in(bundle)) {
    if (names_chapter(id, chapter)) {
      throw UsageError(fmt::format("new: '{}' is a chapter's name", id));
    }
  }
}

// The number of the chapter's next step. Throws UsageError if it has a step of
// that name already.
int next_step(const Bundle& bundle, const std::string& chapter,
              const std::string& id) {
  int last = 0;
  const fs::path folder = bundle.root / "tests" / "steps" / chapter;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename();
    const std::size_t end = name.find('_');
    if (end == std::string::npos) continue;
    if (name.substr(end + 1) == id) {
      throw UsageError(fmt::format("new: tests/steps/{}/{} is there already",
                                   chapter, name));
    }
    last = std::max(last, std::atoi(name.c_str()));
  }
  return last + 1;
}

std::string filled(std::string text, const Names& names) {
  for (const auto& [name, value] : names) {
    for (std::size_t at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size())) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

// The sum of points of its part with the new exercise, and the sum that the
// test requires.
std::string about_points(const Bundle& bundle, const std::string& chapter) {
  int sum = 1;
  std::string others;
  for (const Exercise& exercise : bundle.exercises) {
    if (part_of(exercise.manifest.chapter) != part_of(chapter)) continue;
    sum += exercise.manifest.points;
    if (exercise.manifest.chapter != chapter) continue;
    others += fmt::format(" {} {}", exercise.id(), exercise.manifest.points);
  }
  return fmt::format(
      "It has 1 point, and with it all have {}. They must have 100: the test "
      "exercises/points\nsays where points could go. This chapter's:{}\n",
      sum, others);
}

}  // namespace

int new_files(const Context& context, const Words& words) {
  if (words.size() != 3) throw UsageError("new: what, for which chapter, id?");
  const Recipe& recipe = find_recipe(words[0]);
  const Bundle bundle = read_bundle(context.bundle);
  const std::string chapter = find_chapter(bundle, words[1]);
  const std::string& id = words[2];
  check_id(bundle, id);

  const auto order =
      1 + std::count_if(bundle.exercises.begin(), bundle.exercises.end(),
                        [&](const Exercise& one) {
                          return one.manifest.chapter == chapter;
                        });
  const std::string number = chapter.substr(0, 2);
  const int step = recipe.kind == "step" ? next_step(bundle, chapter, id) : 0;
  const Names names = {{"@ID@", id},
                       {"@CHAPTER@", chapter},
                       {"@NN@", number},
                       {"@N@", std::to_string(std::stoi(number))},
                       {"@ORDER@", std::to_string(order)},
                       {"@STEP@", std::to_string(step)}};
  // All files or none, and nothing is overwritten.
  for (const auto& [source, path] : recipe.files) {
    const std::string file = filled(path, names);
    if (!fs::exists(bundle.root / file)) continue;
    throw UsageError(fmt::format("new: {} is there already", file));
  }
  for (const auto& [source, path] : recipe.files) {
    const std::string file = filled(path, names);
    const std::string text =
        read_file(fs::path(WORKBOOK_TEMPLATES) / (source + ".in"));
    fs::create_directories((bundle.root / file).parent_path());
    write_file(bundle.root / file, filled(text, names));
    fmt::print("wrote  {}\n", file);
  }
  fmt::print(
      "\nWrite what these call STILL TO WRITE. {}"
      "  what is missing          ./workbook test {} -- -R {}\n"
      "  {:<23}  ./workbook refresh {}\n",
      filled(std::string(recipe.more), names), number, id, recipe.refreshed,
      number);
  if (recipe.kind == "exercise") {
    fmt::print("  the chapter's page       ./workbook book --sync\n{}",
               about_points(bundle, chapter));
  }
  return kOk;
}

}  // namespace grader
