#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chapters/07_resource_warning/exercises/fd_ledger.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Place;

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {}

  Place place() {
    const auto file = run.word() + ".cpp";
    const int line = run.number(10, 99);
    return {file, static_cast<unsigned>(line)};
  }
  void open(int fd, const Place& where) {
    run.step("{}:{}: fd {} is opened", where.file, where.line, fd);
    ledger->opened(fd, where);
  }
  void close(int fd, const Place& where) {
    run.step("{}:{}: fd {} is closed", where.file, where.line, fd);
    ledger->closed(fd, where);
  }
  void open(int fd) { open(fd, place()); }
  void close(int fd) { close(fd, place()); }
  void report() {
    run.see_lines("still open", ledger->still_open());
    run.see_lines("mistakes", ledger->mistakes());
  }

  probe::Run& run;
  std::unique_ptr<exercises::FdLedger> ledger = exercises::make_fd_ledger();
};

void who_is_left(probe::Run& run) {
  Bench bench(run);
  std::vector<int> fds = {3, 4, 5, 6, 7};
  for (const int fd : fds) bench.open(fd);
  run.shuffle(fds);
  for (int i = 0; i < 3; ++i) {
    bench.close(fds.back());
    fds.pop_back();
  }
  bench.report();
}

void sorted_by_place(probe::Run& run) {
  Bench bench(run);
  const auto file = run.word() + ".cpp";
  const auto line = static_cast<unsigned>(run.number(5, 9));
  std::vector<Place> places = {{file, line},       {file, 10 * line},
                               {file, 100 + line}, {run.word() + ".cpp", 1000},
                               {file, 2},          {file, 2}};
  run.shuffle(places);
  int fd = run.number(7, 8);
  for (const Place& where : places) bench.open(fd++, where);
  bench.report();
}

void numbers_come_back(probe::Run& run) {
  Bench bench(run);
  const int fd = run.number(3, 60);
  bench.open(fd);
  bench.open(fd + 1);
  bench.close(fd);
  bench.open(fd);
  bench.report();
  bench.close(fd);
  bench.open(fd);
  bench.close(fd + 1);
  bench.report();
}

void closed_twice(probe::Run& run) {
  Bench bench(run);
  const int fd = run.number(3, 60);
  bench.open(fd);
  bench.close(fd);
  bench.close(fd);
  bench.close(fd);
  const int stranger = run.number(70, 99);
  bench.close(stranger);
  bench.close(stranger);
  bench.report();
  run.step("and it goes on");
  bench.open(fd);
  bench.open(fd);
  bench.report();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"who_is_left", who_is_left},
                      {"sorted_by_place", sorted_by_place},
                      {"numbers_come_back", numbers_come_back},
                      {"closed_twice", closed_twice}});
}
