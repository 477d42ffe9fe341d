// Full disks. Its CTest command gives it a mount namespace (own_mounts), so
// that it can have small disks that vanish when it ends.
#include <sys/mount.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/class/results.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/tests/grading_desk.hpp"

namespace {

namespace fs = std::filesystem;
using namespace grader;

// A disk with a size in megabytes.
class SmallDisk {
 public:
  explicit SmallDisk(int megabytes) {
    const std::string size = "size=" + std::to_string(megabytes) + "m,mode=755";
    const int mounted =
        ::mount("none", folder_.path().c_str(), "tmpfs", 0, size.c_str());
    if (mounted < 0) FAIL("mount(): " << std::strerror(errno));
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { ::umount2(folder_.path().c_str(), MNT_DETACH); }

  fs::path path(const std::string& name = "") const {
    return folder_.path() / name;
  }
  // Writes until not a byte is left.
  void fill() const {
    const std::string block(1U << 16U, 'x');
    try {
      for (int i = 0;; ++i) write_file(path("full" + std::to_string(i)), block);
    } catch (const std::system_error& error) {
      REQUIRE(error.code().value() == ENOSPC);
    }
  }
  void make_room() const {
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().filename().string().starts_with("full")) {
        fs::remove(entry.path());
      }
    }
  }

 private:
  ScratchDirectory folder_;
};

Result grade_on(const SmallDisk& scratch, const GradingDesk& desk,
                const std::vector<std::string>& words) {
  Request request = desk.command(words);
  request.environment.emplace_back("TMPDIR", scratch.path().string());
  return run(request);
}

const fs::path kHostile = WORKBOOK_HOSTILE_FOLDER;

}  // namespace

TEST_CASE("grade one: no room for the results") {
  GradingDesk desk;
  const SmallDisk disk(1);
  const fs::path ada = desk.hand_in("ada", "");
  const fs::path out = disk.path("results.json");
  write_file(out, "the results of yesterday");
  disk.fill();
  const Result result = desk.grade({"one", "--submission", ada, "--out", out});
  check_broken(result, "No space left on device");
  CHECK(has(result.err, "results.json"));
  CHECK(read_file(out) == "the results of yesterday");
  for (const auto& entry : fs::directory_iterator(disk.path())) {
    CHECK(entry.path().extension() != ".part");
  }
}

TEST_CASE("grade one: no room to work in") {
  GradingDesk desk;
  const SmallDisk disk(100);
  const fs::path ada = desk.hand_in("ada", desk.solution());
  const fs::path out = desk.path("results.json");
  const Result result =
      grade_on(disk, desk, {"one", "--submission", ada, "--out", out});
  check_broken(result, "100 MB are free, and 144 are needed");
  CHECK(has(result.err, disk.path().parent_path().string()));
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("only the student who fills the disk loses") {
  GradingDesk desk;
  const SmallDisk disk(240);
  desk.hand_in("ada",
               read_file(kHostile / "fills_the_disk_slowly" / "stopwatch.cpp"));
  desk.hand_in("bob", desk.solution());
  const Result result = grade_on(
      disk, desk,
      {"class", desk.students(), "--out", desk.path("out"), "--jobs", "1"});
  CHECK(result.exit_status == 0);
  CHECK(has(result.out, "ada: 0 of 3 points, 1 to look at"));
  CHECK(has(result.out, "bob: 3 of 3 points\n"));
  CHECK(has(read_file(desk.path("out/class.csv")),
            "filled more disk than allowed"));
  CHECK(fs::is_empty(disk.path()));
}

TEST_CASE("who runs beside a student who fills the disk is graded") {
  GradingDesk desk;
  const SmallDisk disk(200);  // too little for one more beside ada
  desk.hand_in("ada",
               read_file(kHostile / "holds_what_it_removed" / "stopwatch.cpp"));
  for (const char* const name : {"bob", "dan", "eve"}) {
    desk.hand_in(name, desk.solution());
  }
  const Result result = grade_on(
      disk, desk,
      {"class", desk.students(), "--out", desk.path("out"), "--jobs", "2"});
  CHECK(result.exit_status == 0);
  const std::string table = read_file(desk.path("out/class.csv"));
  CHECK(has(table, "\"ada\",0,3,"));
  for (const char* const name : {"bob", "dan", "eve"}) {
    CHECK(has(table, "\"" + std::string(name) + "\",3,3,"));
  }
}

TEST_CASE("where the disk was full, a failure is no student's") {
  GradingDesk desk;
  const SmallDisk disk(160);
  const fs::path ada = desk.hand_in(
      "ada", read_file(kHostile / "sleeps_in_every_case" / "stopwatch.cpp"));
  const fs::path out = desk.path("results.json");
  Request request = desk.command({"one", "--submission", ada, "--out", out});
  request.environment.emplace_back("TMPDIR", disk.path().string());
  const Running running(request);
  running.wait_for("student");
  disk.fill();
  CHECK(running.status() == kBroken);
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("files without a name count for the student who holds them") {
  GradingDesk desk;
  const SmallDisk disk(240);
  const fs::path ada = desk.hand_in(
      "ada", read_file(kHostile / "holds_what_it_removed" / "stopwatch.cpp"));
  const fs::path out = desk.path("results.json");
  CHECK(grade_on(disk, desk, {"one", "--submission", ada, "--out", out})
            .exit_status == 0);
  CHECK(has(read_file(out), "filled more disk than allowed"));
}

TEST_CASE(
    "grade class: a disk that fills loses nothing, and it goes on later") {
  GradingDesk desk;
  const SmallDisk disk(1);
  const fs::path out = disk.path("out");
  desk.hand_in("ada", "");
  const std::vector<std::string> words = {"class", desk.students(), "--out",
                                          out};
  REQUIRE(desk.grade(words).exit_status == 0);
  const std::string ada = read_file(out / "students/ada/results.json");
  const std::string table = read_file(out / "class.csv");
  desk.hand_in("bob", "");
  disk.fill();
  check_broken(desk.grade(words), "No space left on device");
  CHECK(read_file(out / "students/ada/results.json") == ada);
  CHECK(read_file(out / "class.csv") == table);

  disk.make_room();
  const Result again = desk.grade(words);
  CHECK(again.exit_status == 0);
  CHECK(has(again.out, "1 of 2 are graded already"));
  CHECK(has(read_file(out / "class.csv"), "\"bob\",0,3"));
}
