// The model's loop, and the interpreter of programs on it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/model.hpp"
#include "tests/model/objects.hpp"

namespace model {

class Interpreter {
 public:
  explicit Interpreter(const Program& program) : program_(program) {}
  Result run();

  // For the objects.
  void schedule(Ready item) { ready_.push_back(std::move(item)); }
  HandleRef call_at(std::int64_t when, std::function<void()> call);
  std::int64_t now() const { return now_; }
  bool closed() const { return closed_; }
  void step(Task& task, Outcome resumed);
  void note(const std::string& line);
  void dropped(const Frame& frame);
  void lost(const std::string& line);
  int next_instance() { return ++instances_; }
  std::vector<Future*>& cancel_path() { return cancel_path_; }
  template <class T, class... Arguments>
  std::shared_ptr<T> make(Arguments&&... arguments) {
    return adopt(new T(*this, std::forward<Arguments>(arguments)...));
  }
  void check_open() const;

 private:
  // The end of a future that has no reference left, with all that it held.
  void bury(Future* dead);
  void flush_sorted();
  template <class T>
  std::shared_ptr<T> adopt(T* future) {
    std::shared_ptr<T> held(future, [this](T* dead) { bury(dead); });
    held->self = held;
    alive_.push_back(held);
    return held;
  }

  void outside();
  void call_script(int script, const std::string& why);
  std::string plain(const Op& op);
  std::string with_tasks(const Op& op);
  std::string with_groups(const Op& op);
  bool refuel();
  void run_forever();
  void iteration();
  void execute(const Ready& item);
  void kill_if_due();
  void clear_slots();
  void close();
  void end_of_loop();
  std::string run_until(const FutureRef& future);

  // Coroutines. True: the task waits. Otherwise the outcome is there, or
  // another coroutine was called.
  bool script_goes_on(Task& task, Outcome& outcome, bool resumed);
  bool begin_await(Task& task, const Op& op, Outcome& outcome);
  bool await_future(Task& task, const FutureRef& future, Outcome& outcome);
  bool wait_for(Task& task, const FutureRef& future, int script, int timeout);
  bool enter_wait_for(Task& task, Outcome& outcome);
  void leave_wait_for(Task& task, Outcome& outcome);
  TaskRef create_task(int script);
  std::string make_group(const Op& op);
  FutureRef gather(std::vector<FutureRef> children, bool return_exceptions);
  FutureRef shielded(const FutureRef& inner);
  // Something named by an argument of kind 'a', or nothing.
  struct Group {
    FutureRef future;
    int level = kScripts;  // the lowest script in it
    int depth = 0;         // of gatherings
  };
  Group any(int argument);
  Group gather_any(std::span<const int> arguments, bool return_exceptions,
                   int above);

  const Program& program_;
  Result result_;
  std::int64_t now_ = 0;
  int instances_ = 0;
  int fuel_ = kFuel;
  bool stopping_ = false;
  bool running_ = false;
  bool closed_ = false;
  bool kill_due_ = false;
  bool sorting_ = false;  // while a loop ends, tasks end in no order
  std::map<int, std::string> sorted_;
  std::vector<std::string> sorted_lost_;
  std::vector<Future*> cancel_path_;  // of the walk that is in progress
  std::deque<Ready> ready_;
  std::vector<HandleRef> timers_;  // by deadline, then by creation
  std::int64_t timers_made_ = 0;
  std::array<HandleRef, kPipes> readers_;
  std::array<int, kPipes> bytes_{};
  std::vector<std::weak_ptr<Future>> alive_;
  std::vector<FutureRef> kept_;

  std::array<HandleRef, kSlots> handles_;
  std::array<FutureRef, kSlots> futures_;
  std::array<TaskRef, kSlots> tasks_;
  std::array<Group, kSlots> groups_;
  struct Done {
    FutureRef future;
    HandleRef handle;
  };
  std::array<Done, kSlots> done_;
};

}  // namespace model
