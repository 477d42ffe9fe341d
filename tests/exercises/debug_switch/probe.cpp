#include <stdlib.h>  // setenv() is POSIX's

#include <algorithm>
#include <cctype>
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
        known(where.words(checks)) {
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
  program.set("1");
  program.look();
  program.set("0");
  program.look();
  program.set("");
  program.look();
  program.unset();
  program.look();
}

void some_of_them(probe::Run& run) {
  Program program(run, 4);
  const Words& known = program.known;
  program.set(run.pick(known));
  program.look();
  program.set(known[3] + "," + known[0] + "," + known[1]);
  program.look();
  program.set(known[2] + "," + known[1] + "," + known[2]);
  program.look();
}

void nothing_else(probe::Run& run) {
  Program program(run, 3);
  const Words& known = program.known;
  const std::string stranger = run.word();
  const Words values = {stranger,
                        known[0] + "," + stranger,
                        known[1] + ",",
                        "," + known[1],
                        known[2] + ", " + known[0],
                        capitals(known[0]),
                        known[2].substr(0, known[2].size() - 1),
                        known[0] + "," + known[1] + "s," + stranger,
                        "1," + known[1],
                        "01",
                        "1 ",
                        "yes",
                        ","};
  for (const std::string& value : values) {
    program.set(value);
    program.look();
  }
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"all_or_nothing", all_or_nothing},
                      {"some_of_them", some_of_them},
                      {"nothing_else", nothing_else}});
}
