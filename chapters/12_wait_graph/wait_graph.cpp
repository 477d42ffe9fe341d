#include "chapters/12_wait_graph/wait_graph.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/03_coroutine_task/gather.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

namespace ch12 {

using ch03::FutureBase;
using ch03::TaskBase;
using common::file_line;

namespace {

// #region references
// How many references each that waits holds to what it waits for: a task has
// one, and its co_await another; a gathering one for the child, and one for the
// child's result; shield() one, in a callback.
std::size_t references(const FutureBase& waiter, bool is_task) {
  return is_task || dynamic_cast<const ch03::GatherBase*>(&waiter) ? 2 : 1;
}
// #endregion references

}  // namespace

// #region read
WaitGraph::WaitGraph(const std::vector<common::Ref<TaskBase>>& tasks,
                     nanoseconds now, const Owners& owners)
    : now_(now), owners_(owners), tasks_(tasks.size()) {
  nodes_.reserve(2 * tasks.size());  // most wait for a future of their own
  indices_.reserve(tasks.size());
  by_number_.reserve(tasks.size());
  for (const auto& task : tasks) {
    nodes_[node_of(*task)].task = task.get();
    if (task->notes.number) by_number_[task->notes.number] = task.get();
  }
  // There are more nodes behind the tasks from now on.
  for (std::size_t i = 0; i < nodes_.size(); ++i) connect(i);
}

void WaitGraph::connect(std::size_t from) {
  FutureBase& waiter = *nodes_[from].future;
  const std::size_t held = references(waiter, nodes_[from].task != nullptr);
  std::vector<FutureBase*> awaited = waiter.waits_for();
  const auto owner = owners_.find(&waiter);
  if (owner != owners_.end()) {
    const auto task = by_number_.find(owner->second.number);
    if (task != by_number_.end()) awaited.push_back(task->second);
  }
  for (FutureBase* const each : awaited) {
    const std::size_t to = node_of(*each);
    nodes_[from].waits_for.push_back(to);
    nodes_[to].waited_for = true;
    nodes_[to].held += held;
  }
}
// #endregion read

std::size_t WaitGraph::node_of(FutureBase& future) {
  const auto [at, is_new] = indices_.try_emplace(&future, nodes_.size());
  if (is_new) nodes_.push_back({&future});
  return at->second;
}

std::string WaitGraph::text() {
  text_.reserve(100 * nodes_.size());  // about what a line needs
  for (std::size_t i = 0; i < tasks_; ++i) {
    if (!nodes_[i].waited_for) tell(i);
  }
  // All that are left are in circles, or behind one.
  for (std::size_t i = 0; i < tasks_; ++i) {
    if (!nodes_[i].told) tell(i);
  }
  if (!text_.empty()) text_.pop_back();  // the end of the last line
  return std::move(text_);
}

// #region tell
void WaitGraph::tell(std::size_t root) {
  begin(root);
  while (!path_.empty()) {
    Level& level = path_.back();
    Node& node = nodes_[level.node];
    if (level.next < node.waits_for.size()) {
      tell_awaited(node.waits_for[level.next++]);
    } else {
      node.on_path = false;
      path_.pop_back();
    }
  }
}
// #endregion tell

// #region tell_awaited
void WaitGraph::tell_awaited(std::size_t at) {
  if (!nodes_[at].told) return begin(at);
  begin_line(path_.size());
  text_ += name(at);
  text_ += nodes_[at].on_path ? circle(at) : " (see above)";
  text_ += '\n';
}
// #endregion tell_awaited

void WaitGraph::begin(std::size_t at) {
  begin_line(path_.size());
  text_ += name(at);
  Node& node = nodes_[at];
  text_ += node.task ? about_task(node) : about_future(node);
  text_ += '\n';
  node.told = node.on_path = true;
  path_.push_back({at});
}

void WaitGraph::begin_line(std::size_t depth) {
  constexpr std::size_t kDeepest = 20;  // or a long chain were mostly blanks
  text_.append(2 * std::min(depth, kDeepest) + 2, ' ');
  if (depth > kDeepest) text_ += fmt::format("(level {}) ", depth);
}

std::string WaitGraph::name(std::size_t at) {
  Node& node = nodes_[at];
  if (node.task) return node.task->get_name();
  if (node.number == 0) node.number = ++numbers_;
  return fmt::format("{} #{}", node.future->class_name(), node.number);
}

std::string WaitGraph::about_task(const Node& node) {
  const TaskBase& task = *node.task;
  const auto& notes = task.notes;
  const auto* const maker = living(notes.maker);
  const bool maker_ended = notes.maker && !maker;
  const auto frames = task.get_stack();
  // #region task_line
  std::string text;
  if (maker_ended && !task.awaited()) text += ", an orphan";
  text += ", made ";
  if (maker) text += "by " + maker->get_name() + " ";
  text += "at " + file_line(task.created_at());
  if (maker_ended) text += " by a task that has ended";
  if (&task == TaskBase::current_or_null()) {
    text += ", runs";
  } else if (node.waits_for.empty()) {
    const bool begun = !frames.empty() && frames.front()->started();
    text += begun ? ", has its turn next" : ", has not begun";
  } else if (notes.waits_since == nanoseconds::min()) {
    text += ", waits";
  } else {
    text += fmt::format(", waits for {:.3f} s",
                        common::to_seconds(common::saturated_difference(
                            now_, notes.waits_since)));
  }
  // #endregion task_line
  return text + ": " + chain(frames);
}

std::string WaitGraph::about_future(const Node& node) const {
  std::string text = " created at " + file_line(node.future->created_at());
  const auto owner = owners_.find(node.future);
  const bool only_held_by_waiters = node.future->refs() <= node.held;
  if (!node.waits_for.empty() && owner == owners_.end()) return text;
  // #region future_line
  if (only_held_by_waiters) {
    text += ", which nobody else holds: only a cancellation can end this";
  } else if (owner == owners_.end()) {
    const std::size_t others = node.future->refs() - node.held;
    text += fmt::format(", held by {} other{}", others, others > 1 ? "s" : "");
  } else if (living(owner->second.number)) {
    text += ", a promise of " + owner->second.name;
  } else {
    text += ", a promise of " + owner->second.name + ", which has ended";
  }
  // #endregion future_line
  return text;
}

// "brew() at main.cpp:19 > boil() at main.cpp:12": the innermost is the last.
std::string WaitGraph::chain(const std::vector<const ch03::Frame*>& frames) {
  constexpr std::size_t kMost = 8;  // without the outermost
  std::string text;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == 1 && frames.size() > kMost + 1) {
      i = frames.size() - kMost;
      text += fmt::format(" > {} others", i - 1);
    }
    const auto& defined_at = frames[i]->defined_at();
    std::string& function = functions_[defined_at.function_name()];
    if (function.empty()) function = common::function_name(defined_at);
    if (i > 0) text += " > ";
    text += function + "() at " + file_line(frames[i]->place());
  }
  return text;
}

// The way from a node that is on the path back to it, by its tasks. A circle
// has one at least.
std::string WaitGraph::circle(std::size_t back_to) {
  constexpr std::size_t kMost = 10;
  std::vector<std::size_t> tasks;
  auto level = path_.end();
  do {
    --level;
    if (nodes_[level->node].task) tasks.push_back(level->node);
  } while (level->node != back_to);
  std::ranges::reverse(tasks);
  std::string text = ", a circle: ";
  for (std::size_t i = 0; i < std::min(tasks.size(), kMost); ++i) {
    text += name(tasks[i]) + " > ";
  }
  if (tasks.size() > kMost) {
    text += fmt::format("{} others > ", tasks.size() - kMost);
  }
  return text + name(tasks.front());
}

const TaskBase* WaitGraph::living(std::uint64_t number) const {
  const auto at = by_number_.find(number);
  return at == by_number_.end() ? nullptr : at->second;
}

}  // namespace ch12
