// For tests of the program grader: a folder with students, and a bundle of the
// exercise stopwatch alone that a test may tamper with.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/grader/jail/descendants.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/process.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace grader {

class GradingDesk {
 public:
  GradingDesk() {
    // Open to other users, as the grader's programs have to be.
    std::filesystem::permissions(folder_.path(), kReadableToAll);
    const char* const file = std::getenv("WORKBOOK_BUNDLE");
    if (file == nullptr) FAIL("WORKBOOK_BUNDLE names no file");
    program_ = std::filesystem::path(file).parent_path().parent_path() / "bin" /
               "grader";
    bundle = nlohmann::json::parse(read_file(file));
    for (const nlohmann::json& one : bundle["exercises"]) {
      if (one["id"] != "stopwatch") continue;
      bundle["exercises"] = nlohmann::json::array({one});
      return;
    }
    FAIL("the bundle has no exercise stopwatch");
  }

  nlohmann::json bundle;
  nlohmann::json& exercise() { return bundle["exercises"][0]; }

  std::filesystem::path path(const std::string& name) const {
    return folder_.path() / name;
  }
  std::filesystem::path write(const std::string& name,
                              const std::string& text) const {
    std::filesystem::create_directories(path(name).parent_path());
    write_file(path(name), text);
    return path(name);
  }
  std::filesystem::path students() const { return path("students"); }
  // Makes the folder of a student who hands this in.
  std::filesystem::path hand_in(const std::string& student,
                                const std::string& text) const {
    return write("students/" + student + "/stopwatch.cpp", text).parent_path();
  }
  std::string solution() {
    return read_file(exercise()["solution"].get<std::string>());
  }

  // grader grade WORDS
  Request command(const std::vector<std::string>& words) const {
    Request request;
    request.program = program_;
    request.timeout = std::chrono::minutes(4);  // on a busy machine
    request.arguments = {"--bundle", write("bundle.json", bundle.dump()),
                         "grade"};
    request.arguments.insert(request.arguments.end(), words.begin(),
                             words.end());
    return request;
  }
  Result grade(const std::vector<std::string>& words) const {
    return run(command(words));
  }

 private:
  ScratchDirectory folder_;
  std::filesystem::path program_;
};

inline std::string program_of(pid_t one) {
  const std::string folder = "/proc/" + std::to_string(one);
  std::error_code error;  // it may have ended, or only its first thread
  const auto program = std::filesystem::read_symlink(folder + "/exe", error);
  if (!error) return program.filename();
  std::string name;
  std::ifstream(folder + "/comm") >> name;
  return name;
}

// A grader that runs while the test does something else.
class Running {
 public:
  explicit Running(const Request& request) {
    adopt_orphans();
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ > 0) return;
    ::setpgid(0, 0);
    std::vector<std::string> words = {request.program.string()};
    words.insert(words.end(), request.arguments.begin(),
                 request.arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    for (const auto& [name, value] : request.environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    ::execv(pointers.front(), pointers.data());
    ::_exit(127);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { end_descendants(); }

  // Waits until a descendant runs the program of this name.
  void wait_for(const std::string& name) const {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (std::chrono::steady_clock::now() < deadline) {
      for (const pid_t one : descendants()) {
        if (program_of(one).starts_with(name)) return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("no " << name << " runs");
  }
  void send(int signal) const { ::kill(pid_, signal); }
  // Kills the process that grades a student for a class.
  void kill_unit() const {
    for (const pid_t one : descendants()) {
      if (one != pid_ && program_of(one) == "grader") {
        ::kill(one, SIGKILL);
      }
    }
  }
  int status() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

inline bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

// The exit status when the grader itself could not work.
constexpr int kBroken = 3;
inline void check_broken(const Result& result, const std::string& why) {
  INFO("expected: " << why);
  CHECK(result.exit_status == kBroken);
  CHECK(has(result.out + result.err, why));
}

}  // namespace grader
