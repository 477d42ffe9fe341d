#include <algorithm>
#include <cstddef>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "chapters/13_case_files/exercises/name_the_culprits.hpp"
#include "chapters/13_case_files/kitchen.hpp"
#include "tests/exercises/case_files.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Culprit;
using exercises::Fault;
using Lines = std::vector<std::string>;
using Fact = std::tuple<Fault, std::string, int>;

// "fry() at kitchen.cpp:85": the last one in a line, if there is one.
std::optional<std::pair<std::string, int>> innermost(const std::string& line) {
  static const std::regex frame("(\\w+)\\(\\) (?:at|after) kitchen.cpp:(\\d+)");
  std::optional<std::pair<std::string, int>> last;
  for (std::sregex_iterator at(line.begin(), line.end(), frame), end; at != end;
       ++at) {
    last.emplace((*at)[1], std::stoi((*at)[2]));
  }
  return last;
}

// What the loop complains of, read as a person would read it.
class Reader {
 public:
  explicit Reader(const Lines& log) : log_(log) {
    for (at_ = 0; at_ < log.size(); ++at_) read(log[at_]);
  }
  const std::set<Fact>& facts() const { return facts_; }

 private:
  void read(const std::string& line) {
    std::smatch found;
    static const std::regex held("held for (\\d+)\\.\\d+ seconds");
    static const std::regex went("Where the (\\d+)\\.");
    static const std::regex stretch("(\\w+)\\(\\) from kitchen.cpp:(\\d+) to");
    static const std::regex made(
        "(\\w+)\\(\\)(?: at \\S+)? created at kitchen.cpp:(\\d+)");
    if (std::regex_search(line, found, held) && std::stoi(found[1]) >= 10) {
      std::size_t last = at_ + 1;
      while (last + 1 < log_.size() && log_[last + 1].starts_with("  ")) ++last;
      if (log_.at(last).starts_with("  (")) --last;  // what was left out
      add(Fault::never_returns, innermost(log_.at(last)));
    } else if (std::regex_search(line, found, went) &&
               std::stoi(found[1]) < 10) {
      if (std::regex_search(log_.at(at_ + 1), found, stretch)) {
        add(Fault::slow_step, {{found[1], std::stoi(found[2])}});
      }
    } else if (line.starts_with("One turn")) {
      if (std::regex_search(log_.at(at_ + 1), found, made)) {
        add(Fault::crumbs, {{found[1], std::stoi(found[2])}});
      }
    } else if (line.find(" are pending") != std::string::npos) {
      if (std::regex_search(log_.at(at_ + 1), found, made)) {
        add(Fault::leak, {{found[1], std::stoi(found[2])}});
      }
    } else if (line.find("nobody else holds") != std::string::npos) {
      add(Fault::forgotten_promise, above());
    } else if (line.find(", a circle:") != std::string::npos) {
      add(Fault::circle, above());
    }
  }
  // The nearest task above a line of the wait graph.
  std::optional<std::pair<std::string, int>> above() const {
    for (std::size_t i = at_; i-- > 0;) {
      if (const auto frame = innermost(log_[i])) return frame;
    }
    return std::nullopt;
  }
  void add(Fault fault, std::optional<std::pair<std::string, int>> where) {
    if (where) facts_.insert({fault, where->first, where->second});
  }

  const Lines& log_;
  std::size_t at_ = 0;
  std::set<Fact> facts_;
};

void evening(probe::Run& run, int seed) {
  run.step("the evening of ./workbook run 13 --seed {} --virtual-time", seed);
  const Lines log =
      probe::hear(ch13::Evening(seed), [](ch13::Restaurant& house) {
        return ch13::work_tonight(house);
      }).log;
  const auto facts = Reader(log).facts();
  run.see("faults of which the loop complains", facts.size());
  const std::vector<Culprit> named = exercises::culprits(seed);
  run.see("culprits that you name", named.size());
  int faults = 0;
  int functions = 0;
  int lines = 0;
  for (const auto& [fault, function, line] : facts) {
    const auto it = std::ranges::find(named, fault, &Culprit::fault);
    if (it == named.end()) continue;
    ++faults;
    if (it->function == function) ++functions;
    if (it->function == function && it->line == line) ++lines;
  }
  run.see("of these, the right fault", faults);
  run.why(
      "a report names the function, and often several: the contract says which "
      "of them counts");
  run.see("and the right function", functions);
  run.why(
      "of two lines in a report, one is where it goes on or was made, and the "
      "other where something came from");
  run.see("and the right line", lines);
  run.why("");
  // What is seen up to here is the same every time, and could be guessed.
  const int number = run.number(1000, 9999);
  const bool closed =
      lines == static_cast<int>(facts.size()) && named.size() == facts.size();
  run.see("the case is closed under number", closed ? number : 0);
}

template <int seed>
void evening_of(probe::Run& run) {
  evening(run, seed);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"evening_1", evening_of<1>},
                      {"evening_2", evening_of<2>},
                      {"evening_3", evening_of<3>},
                      {"evening_4", evening_of<4>},
                      {"evening_5", evening_of<5>},
                      {"evening_6", evening_of<6>},
                      {"evening_7", evening_of<7>},
                      {"evening_8", evening_of<8>},
                      {"evening_9", evening_of<9>},
                      {"evening_10", evening_of<10>}});
}
