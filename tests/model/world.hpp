// What a program works on while it runs on a real loop.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/model.hpp"
#include "tests/model/program.hpp"
#include "tests/pieces/loops.hpp"

namespace model {

class ProgramError : public std::runtime_error {
 public:
  explicit ProgramError(int number)
      : std::runtime_error("E" + std::to_string(number)) {}
};

// The name of an error, as the model calls it.
std::string error_name(const std::exception_ptr& error);
std::string state(const ch03::Future<int>& future);

class World {
 public:
  World(const Program& program, const loops::Kind& kind);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();
  Result run();

 private:
  using Body = ch03::Coroutine<int>;
  struct TaskSlot {
    ch03::Task<int> task;
    int script;
  };
  struct Done {
    std::optional<ch03::Future<int>> future;
    common::Ref<ch02::Handle> handle;
  };
  class Frame;  // stands in every coroutine, and sees its end

  void note(const std::string& line);
  bool refuel();
  void outside();
  void call_script(int script, const std::string& why);
  std::string plain(const Op& op);
  std::string do_plain(const Op& op);
  std::string with_tasks(const Op& op);
  std::string add_done(Done& slot, std::optional<ch03::Future<int>> future,
                       int script);
  auto callback(int script) {
    return [this, script] { call_script(script, ""); };
  }

  Body body(int script, int root);
  ch03::Coroutine<std::string> await(const Op& op, const Frame& frame);
  ch03::Coroutine<std::string> wait_for(const Op& op, const Frame& frame);
  std::optional<ch03::Future<int>> future(int slot) const;
  std::optional<ch03::Task<int>> task_after(int slot, int script) const;

  void keep(const ch03::Ref<ch03::FutureBase>& future);
  void keep_all_tasks();
  void kill_if_due();
  void clear_slots();
  void flush_sorted();
  void end_of_loop();

  const Program& program_;
  Result result_;
  common::VirtualClock clock_;
  loops::Watcher watcher_;
  std::unique_ptr<ch02::EventLoop> loop_;
  ch03::EventLoop* tasks_loop_;  // the same, from chapter 3 on
  int instances_ = 0;
  int frames_ = 0;  // alive
  int fuel_ = kFuel;
  bool kill_due_ = false;
  bool sorting_ = false;
  std::map<int, std::string> sorted_;

  std::array<common::Ref<ch02::Handle>, kSlots> handles_;
  std::array<std::optional<ch03::Future<int>>, kSlots> futures_;
  std::array<std::optional<TaskSlot>, kSlots> tasks_;
  std::array<Done, kSlots> done_;
  std::map<ch03::FutureBase*, ch03::Ref<ch03::FutureBase>> kept_;
};

}  // namespace model
