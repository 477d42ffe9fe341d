// Who waits for whom, as lines of text.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "chapters/03_coroutine_task/task.hpp"

namespace ch12 {

// The task that will finish a future: somebody has said so.
struct Owner {
  std::uint64_t number;  // the task's, in its notes
  std::string name;
};
using Owners = std::unordered_map<const ch03::FutureBase*, Owner>;

// A picture of one moment. It reads futures and tasks, and runs nothing. It
// needs time and memory in proportion to their number, and no more stack for a
// long chain than for a short one.
class WaitGraph {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  // The pending tasks, the oldest first. The time is that of their loop.
  WaitGraph(const std::vector<common::Ref<ch03::TaskBase>>& tasks,
            nanoseconds now, const Owners& owners);

  // Below each task and future, what it waits for; each is told once, and then
  // named only. Empty if there are no tasks.
  std::string text();

 private:
  // #region node
  struct Node {
    ch03::FutureBase* future;
    const ch03::TaskBase* task = nullptr;     // if the future is one
    std::vector<std::size_t> waits_for = {};  // indices of nodes
    std::size_t held = 0;     // references of all that wait for it
    bool waited_for = false;  // by a node
    bool told = false;
    bool on_path = false;    // what it waits for is being told
    std::size_t number = 0;  // tells apart what has no name
  };
  // #endregion node
  struct Level {
    std::size_t node;
    std::size_t next = 0;  // of what it waits for
  };

  std::size_t node_of(ch03::FutureBase& future);
  void connect(std::size_t from);
  void tell(std::size_t root);
  void tell_awaited(std::size_t at);
  void begin(std::size_t at);
  void begin_line(std::size_t depth);
  std::string name(std::size_t at);
  std::string about_task(const Node& node);
  std::string about_future(const Node& node) const;
  std::string chain(const std::vector<const ch03::Frame*>& frames);
  std::string circle(std::size_t back_to);
  const ch03::TaskBase* living(std::uint64_t number) const;

  nanoseconds now_;
  const Owners& owners_;
  std::unordered_map<std::uint64_t, ch03::TaskBase*> by_number_;
  std::unordered_map<const ch03::FutureBase*, std::size_t> indices_;
  std::vector<Node> nodes_;  // the tasks first
  std::size_t tasks_ = 0;
  std::unordered_map<const char*, std::string> functions_;  // their names
  std::vector<Level> path_;  // from a root to what is being told
  std::size_t numbers_ = 0;
  std::string text_;
};

}  // namespace ch12
