// The state of a program while it runs on a real loop.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
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

// A future of a program: its result is a number, that of a gathering is a text.
using Any = std::variant<ch03::Future<int>, ch03::Future<std::string>>;
std::string state(const Any& future);
std::string result(const Any& future);  // throws as Future::result()
const ch03::Ref<ch03::FutureBase>& base(const Any& future);
inline std::string shown(int value) { return std::to_string(value); }
inline std::string shown(const std::string& value) { return value; }

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
  struct Group {
    Any future;
    int level = kScripts;  // the lowest script in it
    int depth = 0;         // of gatherings
  };
  struct Done {
    std::optional<Any> future;
    common::Ref<ch02::Handle> handle;
  };
  class Frame;  // is in every coroutine, and sees its end

  void note(const std::string& line);
  void lost(const std::string& line);
  void never_retrieved(std::string_view text, const std::exception_ptr& error);
  bool refuel();
  void outside();
  void call_script(int script, const std::string& why);
  std::string plain(const Op& op);
  std::string do_plain(const Op& op);
  std::string with_tasks(const Op& op);
  std::string with_groups(const Op& op);
  std::string add_done(Done& slot, std::optional<Any> future, int script);
  std::string make_group(const Op& op);
  auto callback(int script) {
    return [this, script] { call_script(script, ""); };
  }

  Body body(int script, int root);
  ch03::Coroutine<std::string> await(const Op& op, const Frame& frame);
  ch03::Coroutine<std::string> wait_for(const Op& op, const Frame& frame);
  ch03::Coroutine<std::string> await_any(const Op& op, std::optional<Any> any);
  std::optional<ch03::Future<int>> future(int slot) const;
  std::optional<ch03::Task<int>> task_after(int slot, int script) const;
  std::optional<Any> group_after(int slot, int script) const;
  // Something named by an argument of kind 'a', or nothing.
  std::optional<Group> any(int argument, bool is_child);
  std::optional<Group> gather_any(std::span<const int> arguments,
                                  bool return_exceptions, int above);
  int above(int script) const { return program_.circles ? -1 : script; }

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
  std::shared_ptr<ch04::Handler> log_;
  ch03::EventLoop* tasks_loop_;  // the same, from chapter 3 on
  int instances_ = 0;
  int frames_ = 0;  // alive
  int fuel_ = kFuel;
  bool kill_due_ = false;
  bool sorting_ = false;
  std::map<int, std::string> sorted_;
  std::vector<std::string> sorted_lost_;

  std::array<common::Ref<ch02::Handle>, kSlots> handles_;
  std::array<std::optional<ch03::Future<int>>, kSlots> futures_;
  std::array<std::optional<TaskSlot>, kSlots> tasks_;
  std::array<std::optional<Group>, kSlots> groups_;
  std::array<Done, kSlots> done_;
  std::map<ch03::FutureBase*, ch03::Ref<ch03::FutureBase>> kept_;
};

}  // namespace model
