#include <memory>
#include <string>
#include <vector>

#include "chapters/04_logging/exercises/filtered_handler.hpp"
#include "chapters/04_logging/logger.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

// Keeps what comes to it.
class Shelf : public ch04::Handler {
 public:
  std::vector<std::string> lines;

 protected:
  void emit(const ch04::LogRecord& record) override {
    lines.push_back(ch04::get_level_name(record.level) + " " + record.name +
                    ": " + record.message);
  }
};

// A root logger that lets everything through, and one handler to try.
struct Kitchen {
  Kitchen(probe::Run& where, const std::string& top, int least) : run(where) {
    run.step("a SubtreeHandler for \"{}\", from {} on, hangs on the root", top,
             ch04::get_level_name(least));
    ch04::get_logger().set_level(ch04::DEBUG);
    handler = std::make_shared<exercises::SubtreeHandler>(top, least, shelf);
    ch04::get_logger().add_handler(handler);
  }
  ~Kitchen() { ch04::get_logger().remove_handler(handler); }

  void log(const std::string& name, int level = ch04::WARNING) {
    const std::string text = run.word();
    run.step("{} logs {}: {}", name.empty() ? "the root logger" : name,
             ch04::get_level_name(level), text);
    ch04::get_logger(name).log_text(level, text);
  }
  void show() {
    run.see_lines("the target got", shelf->lines);
    shelf->lines.clear();
  }

  probe::Run& run;
  std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>();
  std::shared_ptr<exercises::SubtreeHandler> handler;
};

void the_subtree(probe::Run& run) {
  const auto words = run.words(5);
  const std::string top = words[0] + "." + words[1];
  {
    Kitchen kitchen(run, top, ch04::INFO);
    kitchen.log(top);
    kitchen.log(top + "." + words[2]);
    kitchen.log(words[0]);
    kitchen.log(words[0] + "." + words[3]);
    kitchen.log(words[4] + "." + top);
    kitchen.log("");
    kitchen.log(top + "." + words[2] + "." + words[3]);
    kitchen.show();
  }
  Kitchen kitchen(run, "", ch04::INFO);
  kitchen.log(words[4]);
  kitchen.log("");
  kitchen.show();
}

void not_the_neighbour(probe::Run& run) {
  const auto words = run.words(2);
  const std::string& top = words[0];
  Kitchen kitchen(run, top, ch04::INFO);
  kitchen.log(top + "ette");
  kitchen.log(top + "-" + words[1]);
  kitchen.log(top + "2." + words[1]);
  kitchen.log(top.substr(0, top.size() - 1));
  kitchen.log(top + "." + words[1]);
  kitchen.show();
}

void from_the_level_on(probe::Run& run) {
  const auto words = run.words(2);
  const int least = run.number(21, 29);
  Kitchen kitchen(run, words[0], least);
  const std::string child = words[0] + "." + words[1];
  kitchen.log(child, least - 1);
  kitchen.log(child, least);
  kitchen.log(child, least + 1);
  kitchen.log(words[0], ch04::INFO);
  kitchen.log(words[0], ch04::ERROR);
  kitchen.show();
}

void the_targets_own_say(probe::Run& run) {
  const std::string name = run.word();
  Kitchen kitchen(run, name, ch04::INFO);
  const int least = run.number(31, 39);
  run.step("the target's own level is set to {}", least);
  kitchen.shelf->set_level(least);
  kitchen.log(name, ch04::WARNING);
  kitchen.log(name, least);
  kitchen.log(name, ch04::ERROR);
  kitchen.show();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"the_subtree", the_subtree},
                      {"not_the_neighbour", not_the_neighbour},
                      {"from_the_level_on", from_the_level_on},
                      {"the_targets_own_say", the_targets_own_say}});
}
