#include <algorithm>
#include <functional>
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
    lend(where, [&](const Place& lent) { ledger->opened(fd, lent); });
  }
  void close(int fd, const Place& where) {
    run.step("{}:{}: fd {} is closed", where.file, where.line, fd);
    lend(where, [&](const Place& lent) { ledger->closed(fd, lent); });
  }
  void open(int fd) { open(fd, place()); }
  void close(int fd) { close(fd, place()); }
  void report() {
    run.see_lines("still open", ledger->still_open());
    run.see_lines("mistakes", ledger->mistakes());
  }
  void report_all() {
    run.why("what is open is sorted by the place of its last opened()");
    run.see_lines("still open", ledger->still_open());
    run.why("what is right depends on the number's last call alone");
    run.see_lines("mistakes", ledger->mistakes());
  }

  // The place says something else when the call has returned.
  void lend(const Place& where,
            const std::function<void(const Place& lent)>& call) {
    lent_places.push_back(std::make_unique<Place>(where));
    Place& place = *lent_places.back();
    call(place);
    std::fill(place.file.begin(), place.file.end(), '~');
    place.line = 0;
  }

  probe::Run& run;
  std::vector<std::unique_ptr<Place>> lent_places = {};
  std::unique_ptr<exercises::FdLedger> ledger = exercises::make_fd_ledger();
};

void who_is_left(probe::Run& run) {
  Bench bench(run);
  run.why(
      "the ledger copies the place: the caller's may change, or be gone, after "
      "the call");
  bench.open(8);
  bench.report();
  bench.close(8);
  run.why("");
  std::vector<int> fds = {3, 4, 5, 6, 7};
  for (const int fd : fds) bench.open(fd);
  run.shuffle(fds);
  for (int i = 0; i < 3; ++i) {
    bench.close(fds.back());
    fds.pop_back();
  }
  run.why("what is open is sorted by its place: by file, line and number");
  run.see_lines("still open", bench.ledger->still_open());
  run.why("a close that cannot be right is noted, and not refused");
  bench.close(99);
  bench.report();
  run.why("to ask is not to forget: the same question has the same answer");
  run.step("asked once more");
  bench.report();

  run.why("each ledger has its own notes");
  run.step("a second ledger");
  Bench second(run);
  second.report();
  second.close(fds.front());
  second.report();
  run.step("the first ledger again");
  bench.report();
  for (const int fd : fds) bench.close(fd);
  bench.report();

  run.why("a ledger only takes notes: no number is too small or too large");
  std::vector<int> odd = {0, 1023, 1024, 70'000, 2'147'483'647, -1};
  run.shuffle(odd);
  for (const int fd : odd) bench.open(fd);
  bench.report();
  for (const int fd : odd) bench.close(fd);
  bench.report();
}

void sorted_by_place(probe::Run& run) {
  Bench bench(run);
  const auto file = run.word() + ".cpp";
  const auto line = static_cast<unsigned>(run.number(5, 9));
  std::vector<Place> places = {{file, line},
                               {file, 10 * line},
                               {file, 100 + line},
                               {run.word() + ".cpp", 1000},
                               {file, 2},
                               {file, 0},
                               {file, 4'294'967'295}};
  run.shuffle(places);
  int fd = run.number(20, 30);
  for (const Place& where : places) bench.open(fd++, where);
  bench.report();

  run.why("of one line, the descriptors are sorted by number: 9 before 10");
  run.step("another ledger");
  Bench same_line(run);
  const Place where = same_line.place();
  const int hundreds = run.number(1, 9) * 100;
  std::vector<int> fds = {8, 9, 10, 11, hundreds, -1};
  run.shuffle(fds);
  for (const int each : fds) same_line.open(each, where);
  same_line.report();
  const int count = run.number(20, 30);
  const Place crowded = same_line.place();
  run.step("{}:{}: the descriptors 20 to {} are opened, in any order",
           crowded.file, crowded.line, 20 + count);
  fds.clear();
  for (int i = 0; i <= count; ++i) fds.push_back(20 + i);
  run.shuffle(fds);
  for (const int each : fds) same_line.ledger->opened(each, crowded);
  same_line.report();

  run.why("files are sorted as std::string compares them, before their lines");
  run.step("another ledger");
  Bench files(run);
  const auto name = run.word();
  std::vector<Place> similar = {
      {name + ".cpp", 30},  {name + "/tea.cpp", 20},   {name + "_.cpp", 10},
      {name + ".cpp:9", 1}, {"Z" + name + ".cpp", 40}, {"", 50}};
  run.shuffle(similar);
  fd = 3;
  for (const Place& each : similar) files.open(fd++, each);
  files.report();

  run.why(
      "std::string compares bytes as unsigned numbers: a letter with an accent "
      "comes after all others, and a tab before them; a plain char may be "
      "negative");
  run.step("another ledger");
  Bench bytes(run);
  std::vector<Place> odd = {
      {"\xc3\xa9" + name + ".cpp", 10},  // an e with an accent
      {name + "\xc3\xa9.cpp", 20},
      {"\xf0\x9f\x8d\xb5.cpp", 30},  // a cup of tea
      {"~" + name + ".cpp", 40},
      {"\t" + name + ".cpp", 50},
      {name + ".cpp", 60},
      {name + "z.cpp", 70}};
  run.shuffle(odd);
  fd = 3;
  for (const Place& each : odd) bytes.open(fd++, each);
  bytes.report();

  run.why(
      "a file's name is a std::string: a zero byte is a part of it, and not "
      "its end");
  run.step("another ledger");
  Bench zeros(run);
  std::vector<Place> with_zeros = {{name + '\0' + "a", 90},
                                   {name + '\0' + "b", 80},
                                   {name + '\0', 70},
                                   {name, 60}};
  run.shuffle(with_zeros);
  fd = 3;
  for (const Place& each : with_zeros) zeros.open(fd++, each);
  zeros.report();
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
  run.why(
      "opened again without a close: that is a mistake, and the newest place "
      "counts from then on");
  bench.open(fd);
  bench.report();
  bench.open(fd);
  run.why("each time is a mistake, and they are told in their order");
  bench.report();
  run.why(
      "a descriptor is open or it is not: one close is enough, however often "
      "it was opened");
  bench.close(fd);
  bench.report();
}

// Few numbers and few places, so that they come again.
void any_order(probe::Story& story) {
  auto& run = story.run;
  const auto bench = std::make_shared<Bench>(run);
  const auto files = run.words(2);
  for (int i = 0; i < 100; ++i) {
    const int fd = run.number(3, 8);
    const auto file = run.pick(files) + ".cpp";
    const auto line = static_cast<unsigned>(run.number(8, 12));
    const int what = run.number(1, 10);
    story.add([=] {
      if (what == 1) {
        bench->report_all();
      } else if (what <= 6) {
        bench->open(fd, {file, line});
      } else {
        bench->close(fd, {file, line});
      }
    });
  }
  story.at_end([=] { bench->report_all(); });
}

void closed_twice(probe::Run& run) {
  Bench bench(run);
  run.why(
      "after the close, remember that the number was open once, and where it "
      "was closed last: a wrong close is a close, too");
  const int fd = run.number(3, 60);
  bench.open(fd);
  bench.close(fd);
  bench.close(fd);
  bench.close(fd);
  bench.report();

  run.why(
      "a close of a number that was never opened is the last close of it: one "
      "more is \"closed again\"");
  const int stranger = run.number(70, 99);
  bench.close(stranger);
  bench.close(stranger);
  bench.report();

  run.why("a mistake does not end the notes: the next opened() counts as ever");
  bench.open(fd);
  bench.open(stranger);
  bench.report();
  bench.close(stranger);
  bench.close(fd);
  bench.report();
  bench.close(stranger);
  bench.report();

  run.why(
      "mistakes are in the order in which they were told, and none is lost");
  bench.open(fd, {"z.cpp", 9});
  bench.open(fd, {"a.cpp", 9});
  bench.close(fd, {"m.cpp", 9});
  bench.close(fd, {"m.cpp", 9});
  bench.close(fd, {"m.cpp", 9});
  bench.close(fd, {"m.cpp", 9});
  bench.report();

  run.stories(20, any_order);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"who_is_left", who_is_left},
                      {"sorted_by_place", sorted_by_place},
                      {"numbers_come_back", numbers_come_back},
                      {"closed_twice", closed_twice}});
}
