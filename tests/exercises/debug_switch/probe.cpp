#include <stdlib.h>  // setenv() is POSIX's

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/05_set_debug/exercises/debug_switch.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using Words = std::vector<std::string>;

std::string capitals(std::string word) {
  for (char& c : word) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return word;
}

// A program with a variable of its own, and some checks that it knows.
struct Program {
  Program(probe::Run& where, std::size_t checks)
      : run(where),
        variable(capitals(where.word()) + "_DEBUG"),
        known(where.names("check", checks)) {
    run.step("a program that knows the checks {}", probe::text(known));
  }

  void set(const std::string& value) {
    run.step("{}='{}' in its environment", variable, value);
    ::setenv(variable.c_str(), value.c_str(), 1);
  }
  void unset() {
    run.step("no {} in its environment", variable);
    ::unsetenv(variable.c_str());
  }
  // What is on, or what was thrown.
  void look() {
    try {
      run.see<Words>("what is on", exercises::debug_switch(variable, known));
    } catch (const std::invalid_argument& error) {
      run.see("std::invalid_argument", error.what());
    }
  }

  probe::Run& run;
  std::string variable;
  Words known;
};

void all_or_nothing(probe::Run& run) {
  Program program(run, static_cast<std::size_t>(run.number(2, 4)));
  run.why(
      "each call reads the variable as it is now: keep nothing from an earlier "
      "call");
  program.set(program.known[1]);
  program.look();
  program.set(program.known[0]);
  program.look();
  run.why("1 says that all are on");
  program.set("1");
  program.look();
  run.why("0 says off, and so does an empty variable");
  program.set("0");
  program.look();
  program.set("");
  program.look();
  run.why("for a variable that is not set, std::getenv() gives a null pointer");
  program.unset();
  program.look();
  run.why("another program has a variable and checks of its own");
  Program other(run, 2);
  other.unset();
  other.look();
  other.set("1");
  other.look();
  run.why("a program may have no checks yet: then all of them are none");
  Program bare(run, 0);
  bare.set("1");
  bare.look();
  bare.unset();
  bare.look();
}

void some_of_them(probe::Run& run) {
  Program program(run, 4);
  const Words& known = program.known;
  program.set(run.pick(known));
  program.look();
  run.why("words are between commas, and each of them counts");
  program.set(known[0] + "," + known[1]);
  program.look();
  run.why("they come in the order of the program, and not of the variable");
  program.set(known[3] + "," + known[1] + "," + known[0]);
  program.look();
  run.why("a word that is there twice is on, and told once");
  program.set(known[2] + "," + known[1] + "," + known[2]);
  program.look();
  run.why("reading a variable must not change it");
  run.see("the variable", std::getenv(program.variable.c_str()));
  program.look();
  run.why("all of them may be named");
  Words all = known;
  run.shuffle(all);
  program.set(all[0] + "," + all[1] + "," + all[2] + "," + all[3]);
  program.look();
  run.why(
      "the words are the program's own: a letter, a blank or a dash in one "
      "is no mistake");
  Program odd(run, 1);
  const std::string first = odd.known[0];
  odd.known = {first + " late", first, first + "-late", first.substr(0, 1)};
  run.step("its checks are {}", probe::text(odd.known));
  odd.set(first + "," + first + " late");
  odd.look();
  odd.set(odd.known[3] + "," + odd.known[2]);
  odd.look();
}

// Words of all kinds between commas.
void any_value(probe::Story& story) {
  auto& run = story.run;
  const auto program =
      std::make_shared<Program>(run, static_cast<std::size_t>(3));
  const Words& known = program->known;
  const Words pieces = {
      known[0],       known[1], known[2], known[0], known[1], known[2] + "s",
      " " + known[1], "",       "0",      "1",      "'",      known[0]};
  for (int i = 0; i < 100; ++i) {
    std::string value = run.pick(pieces);
    for (int more = run.number(0, 3); more > 0; --more) {
      value += "," + run.pick(pieces);
    }
    story.add([=] {
      program->run.why(
          "each word counts, in its place; and the first one that is not known "
          "is told, whatever is wrong with it");
      program->set(value);
      program->look();
    });
  }
}

void nothing_else(probe::Run& run) {
  Program program(run, 3);
  const Words& known = program.known;
  const std::string stranger = run.name("stranger");
  const auto try_all = [&](const char* why, const Words& values) {
    run.why(why);
    for (const std::string& value : values) {
      program.set(value);
      program.look();
    }
  };
  try_all(
      "a misspelt switch that does nothing costs an afternoon: what is not "
      "known is told, and where: the variable, and its whole value",
      {stranger, known[0] + "," + stranger, "yes"});
  try_all(
      "between, before and behind commas there is a word each time, even an "
      "empty one",
      {"," + known[1], known[1] + ",", ",", known[0] + ",," + known[1]});
  try_all("a word is known letter by letter, without blanks around it",
          {known[2] + ", " + known[0], known[1] + " ", " " + known[1]});
  try_all("a word is known letter by letter: no other case, no beginning",
          {capitals(known[0]), known[2].substr(0, known[2].size() - 1),
           known[1] + "s", known[0] + known[1]});
  try_all("the first word that is not known is told, and the whole value",
          {known[0] + "," + known[1] + "s," + stranger + "," + known[2],
           stranger + "," + known[0] + ",x"});
  try_all("0 and 1 mean something alone, and only as one character",
          {"1," + known[1], known[1] + ",0", "01", "1 ", " 0", "+1", "00", "10",
           "1x", "0,"});
  try_all(
      "common::repr() writes what is in a text so that it can be read: an "
      "apostrophe, a line's end, a backslash",
      {"it's", known[0] + ",\"" + stranger + "\"", stranger + "\n",
       "\t" + known[1], "C:\\" + stranger});

  run.stories(20, any_value);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"all_or_nothing", all_or_nothing},
                      {"some_of_them", some_of_them},
                      {"nothing_else", nothing_else}});
}
