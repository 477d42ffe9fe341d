#include <memory>
#include <stdexcept>
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
  std::vector<ch04::LogRecord> records;

 protected:
  void emit(const ch04::LogRecord& record) override {
    lines.push_back(ch04::get_level_name(record.level) + " " + record.name +
                    ": " + record.message);
    records.push_back(record);
  }
};

// A root logger that lets everything through, and one handler to try.
struct Kitchen {
  Kitchen(probe::Run& where, const std::string& top, int least) : run(where) {
    run.step("a SubtreeHandler for \"{}\", from {} on, hangs on the root", top,
             ch04::get_level_name(least));
    ch04::get_logger().set_level(1);
    handler = std::make_shared<exercises::SubtreeHandler>(top, least, shelf);
    ch04::get_logger().add_handler(handler);
  }
  ~Kitchen() { ch04::get_logger().remove_handler(handler); }

  void log(const std::string& name, int level = ch04::WARNING) {
    const std::string text = run.name("text");
    run.step("{} logs {}: {}", name.empty() ? "the root logger" : name,
             ch04::get_level_name(level), text);
    ch04::get_logger(name).log_text(level, text);
  }
  void show() {
    run.see_lines("the target got", shelf->lines);
    shelf->lines.clear();
    shelf->records.clear();
  }

  probe::Run& run;
  std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>();
  std::shared_ptr<exercises::SubtreeHandler> handler;
};

// The first record that the target got, beside the one that was logged.
void compare_records(probe::Run& run, const Shelf& target, const Shelf& twin) {
  run.see("records that the target got", target.records.size());
  if (target.records.size() != 1 || twin.records.size() != 1) return;
  run.why(
      "the target may print the place, the time and the exception of a record: "
      "pass on the record that came, and no other one made of it");
  const ch04::LogRecord& got = target.records.at(0);
  const ch04::LogRecord& was = twin.records.at(0);
  run.see("it has its place", got.place.line() == was.place.line());
  run.see("it has its time", got.created == was.created);
  run.see("it has its thread", got.thread_name == was.thread_name);
  run.see("it has its exception", got.exc_info == was.exc_info);
  run.why("");
}

void the_subtree(probe::Run& run) {
  auto words = run.words(5);
  words[0].insert(0, "app-");
  words[4].insert(0, "other-");
  const std::string top = words[0] + "." + words[1];
  {
    Kitchen kitchen(run, top, ch04::INFO);
    run.why(
        "the logger of that name belongs to the subtree, too, and each record "
        "goes on once");
    kitchen.log(top);
    kitchen.show();
    run.why(
        "a subtree is the logger itself and all generations below it: its "
        "parent, its siblings and the root logger are not in it");
    kitchen.log(top + "." + words[2]);
    kitchen.log(words[0]);
    kitchen.log(words[0] + "." + words[3]);
    kitchen.log("");
    kitchen.log(top + "." + words[2] + "." + words[3]);
    kitchen.show();
    run.why(
        "a name is read from the root on: the same words further down are "
        "another logger's");
    kitchen.log(words[4] + "." + top);
    kitchen.log(words[1]);
    kitchen.log(words[0] + "." + words[2] + "." + words[1]);
    kitchen.show();
    run.why("");
    const auto twin = std::make_shared<Shelf>();
    ch04::get_logger().add_handler(twin);
    run.step("{} logs an exception", top);
    try {
      throw std::runtime_error(words[2]);
    } catch (const std::runtime_error&) {
      ch04::get_logger(top).exception("{}", words[2]);
    }
    ch04::get_logger().remove_handler(twin);
    compare_records(run, *kitchen.shelf, *twin);
  }
  run.why("the name of the root is \"\", and its subtree is the whole tree");
  Kitchen kitchen(run, "", ch04::INFO);
  kitchen.log(words[4]);
  kitchen.log("");
  kitchen.show();
}

// What means something to a regular expression, or in a shell.
void no_pattern(probe::Run& run) {
  run.why(
      "a name is no pattern: a dot in it is a dot, and all other signs, too, "
      "mean themselves");
  const auto words = run.words(2);
  {
    Kitchen kitchen(run, words[0] + "." + words[1], ch04::INFO);
    kitchen.log(words[0] + "-" + words[1] + "." + words[0]);
    kitchen.log(words[0] + "." + words[1] + "." + words[0]);
    kitchen.show();
  }
  const std::string odd = words[0] + "+(*)[1]?";
  Kitchen kitchen(run, odd, ch04::INFO);
  kitchen.log(odd + "." + words[1]);
  kitchen.log(words[0] + words[0] + "1." + words[1]);
  kitchen.show();
}

// In the name of the subtree itself.
void zero_bytes(probe::Run& run, const std::string& top,
                const std::string& word) {
  run.why(
      "a name is a std::string: what comes after a zero byte in it counts as "
      "much as what comes before");
  const std::string odd = top + '\0' + word;
  Kitchen kitchen(run, odd, ch04::INFO);
  kitchen.log(odd + "." + word);
  kitchen.log(top + '\0' + word.substr(1) + "z");
  kitchen.log(top + '\0' + word.substr(1) + "z." + word);
  kitchen.log(top);
  kitchen.log(top + "." + word);
  kitchen.show();
}

void not_the_neighbour(probe::Run& run) {
  auto words = run.words(2);
  words[0].insert(0, "app-");
  const std::string& top = words[0];
  Kitchen kitchen(run, top, ch04::INFO);
  kitchen.log(top + "ette");
  kitchen.log(top + "2." + words[1]);
  kitchen.log(top.substr(0, top.size() - 1));
  kitchen.log(top + "." + words[1]);
  kitchen.show();
  run.why(
      "only a dot goes down in the tree; a dash, an underscore and a blank are "
      "parts of a word");
  kitchen.log(top + "-" + words[1]);
  kitchen.log(top + "_" + words[1]);
  kitchen.log(top + " " + words[1]);
  kitchen.log(top + "/" + words[1]);
  kitchen.show();
  run.why("names of loggers are compared letter by letter, capitals and all");
  std::string capital = top;
  capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
  kitchen.log(capital);
  kitchen.log(capital + "." + words[1]);
  kitchen.show();
  run.why(
      "a name is a std::string: a zero byte is a part of it, and not its end");
  kitchen.log(top + '\0' + words[1]);
  kitchen.log(top + "." + words[1] + '\0');
  kitchen.show();
  no_pattern(run);
  zero_bytes(run, top, words[1]);
}

void listen_from(probe::Run& run, int least) {
  auto words = run.words(2);
  words[0].insert(0, "app-");
  Kitchen kitchen(run, words[0], least);
  const std::string child = words[0] + "." + words[1];
  kitchen.log(child, least - 1);
  kitchen.log(child, least);
  kitchen.log(child, least + 1);
  kitchen.log(words[0], ch04::INFO);
  kitchen.log(words[0], ch04::ERROR);
  kitchen.show();
}

void from_the_level_on(probe::Run& run) {
  listen_from(run, run.number(21, 29));
  run.why(
      "the handler's level is the one it was made with, however low or high");
  listen_from(run, run.number(2, 9));
  listen_from(run, run.number(41, 49));
}

void the_targets_own_say(probe::Run& run) {
  const std::string name = run.name("app");
  const int low = run.number(21, 29);
  Kitchen kitchen(run, name, low);
  const int least = run.number(31, 39);
  run.step("the target's own level is set to {}", least);
  kitchen.shelf->set_level(least);
  kitchen.log(name, least - 1);
  kitchen.log(name, least);
  kitchen.log(name, ch04::ERROR);
  kitchen.show();
  run.why(
      "a level can be set while a program runs: ask the target for each "
      "record, and not once");
  run.step("now the target's level is set to ERROR");
  kitchen.shelf->set_level(ch04::ERROR);
  kitchen.log(name, least);
  kitchen.log(name, ch04::ERROR);
  kitchen.show();
  run.why(
      "both levels count: a target that takes everything does not lower the "
      "handler's own one");
  run.step("now the target's level is set to DEBUG");
  kitchen.shelf->set_level(ch04::DEBUG);
  kitchen.log(name, low - 1);
  kitchen.show();
  run.why(
      "the target's level was high once and is low now: what it was must not "
      "stay in the handler's own, which never changes");
  kitchen.log(name, low);
  kitchen.show();
  run.why(
      "the target belongs to others, too, who may have given it its level: "
      "ask, and do not set");
  run.see("the target's level", kitchen.shelf->level());
  run.why("handle() asks the target's filters, so let it decide");
  run.step("the target gets a filter that lets ERROR through, and no other");
  kitchen.shelf->add_filter([](const ch04::LogRecord& record) {
    return record.level == ch04::ERROR;
  });
  kitchen.log(name, ch04::WARNING);
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
