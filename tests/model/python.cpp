#include "tests/model/python.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/model/generate.hpp"
#include "tests/model/model.hpp"

namespace model {

namespace {

constexpr std::string_view kEnd = "end\n";

// A file that is deleted with its object.
class TemporaryFile {
 public:
  TemporaryFile() {
    const int fd = ::mkstemp(name_.data());
    if (fd < 0) throw std::runtime_error("no temporary file");
    ::close(fd);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(name_.c_str()); }
  const std::string& name() const { return name_; }

 private:
  std::string name_ = "/tmp/model_XXXXXX";
};

class Python {
 public:
  Python(const std::string& python, const std::string& peer)
      : command_(fmt::format("'{}' '{}' <'{}'", python, peer, file_.name())) {}

  // The output of each program.
  std::vector<std::string> run(const std::vector<Program>& programs) const {
    {
      std::ofstream out(file_.name());
      for (const Program& program : programs) out << text(program) << kEnd;
    }
    std::FILE* const output = ::popen(command_.c_str(), "r");
    if (!output) throw std::runtime_error("cannot run " + command_);
    std::vector<std::string> logs(1);
    for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) {
      logs.back() += static_cast<char>(c);
      if (c != '\n' || !logs.back().ends_with("\nend\n")) continue;
      logs.back().resize(logs.back().size() - kEnd.size());
      logs.emplace_back();
    }
    logs.pop_back();
    if (::pclose(output) != 0 || logs.size() != programs.size()) {
      throw std::runtime_error(
          fmt::format("{} stopped after {} programs", command_, logs.size()));
    }
    return logs;
  }

 private:
  TemporaryFile file_;
  std::string command_;
};

// Up to the end of the program: how a loop is destroyed is C++'s own affair.
// Then the reports, without an order.
std::string model_log(const Program& program) {
  std::string log;
  std::vector<std::string> lost;
  bool ended = false;
  std::istringstream lines(run_model(program).log);
  for (std::string line; std::getline(lines, line);) {
    if (is_report(line)) {
      lost.push_back(line.substr(line.find(' ') + 1) + "\n");
    } else if (!ended) {
      log += line + "\n";
      ended = line.ends_with(" teardown");
    }
  }
  std::ranges::sort(lost);
  for (const std::string& line : lost) log += line;
  return log;
}

std::optional<std::size_t> first_that_differs(
    const Python& python, const std::vector<Program>& programs) {
  const auto logs = python.run(programs);
  for (std::size_t i = 0; i < programs.size(); ++i) {
    if (logs[i] != model_log(programs[i])) return i;
  }
  return std::nullopt;
}

void show_both(const Python& python, const Program& program) {
  std::cout << "\nthe model:\n"
            << model_log(program) << "\nCPython:\n"
            << python.run({program}).front();
}

void show_smallest(const Python& python, Program program) {
  for (;;) {
    auto candidates = smaller(program);
    // Without it, Python's collector decides when a task ends.
    std::erase_if(candidates,
                  [](const Program& candidate) { return !candidate.keep; });
    const auto found = first_that_differs(python, candidates);
    if (!found) break;
    program = candidates[*found];
  }
  std::cout << "CPython differs\n\n" << text(program);
  show_both(python, program);
}

}  // namespace

bool agrees_with_python(const std::string& python_name, const std::string& peer,
                        const Program& program) {
  const Python python(python_name, peer);
  if (python.run({program}).front() == model_log(program)) return true;
  show_both(python, program);
  return false;
}

bool agrees_with_python(const std::string& python_name, const std::string& peer,
                        int programs, std::uint64_t seed) {
  constexpr int kBatch = 500;
  const Python python(python_name, peer);
  rc::Random random(seed);
  const auto generate = model::programs({.peer = true});
  long operations = 0;
  for (int done = 0; done < programs; done += kBatch) {
    std::vector<Program> batch;
    for (int i = 0; i < kBatch; ++i) {
      batch.push_back(generate(random.split(), 0).value());
      operations += run_model(batch.back()).operations;
    }
    if (const auto wrong = first_that_differs(python, batch)) {
      show_smallest(python, batch[*wrong]);
      return false;
    }
  }
  std::cout << fmt::format(
      "CPython: {} programs, {} operations, no difference\n", programs,
      operations);
  return true;
}

}  // namespace model
