#include "common/trace/recorder.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace common {

namespace {

using std::chrono::nanoseconds;
using Kind = Waiting::Kind;

bool is_watch(const Waiting& waiting) {
  return waiting.kind == Kind::reader || waiting.kind == Kind::writer;
}

bool same_place(const Waiting& a, const Waiting& b) {
  return a.kind == b.kind && a.object == b.object && a.fd == b.fd;
}

TraceArgs watch_args(int fd, std::string_view name, Kind kind) {
  return TraceArgs()
      .number("fd", fd)
      .text("name", name)
      .text("events", kind == Kind::writer ? "write" : "read");
}

constexpr std::string_view kWakeUp = "wake-up pipe";

}  // namespace

Recorder::Recorder(Trace& trace) : trace_(trace) { trace_.add(*this); }

Recorder::~Recorder() {
  trace_.catch_up();
  compare({});
  for (auto& [id, known] : objects_) {
    if (!known.is_open) continue;
    trace_.write(
        {'e', "task", known.name, TraceArgs().text("state", "dropped"), id});
  }
  trace_.remove(*this);
}

void Recorder::attach(View view, const std::vector<int>& wake_up) {
  trace_.catch_up();
  view_ = std::move(view);
  wake_up_ = wake_up;
  for (const int fd : wake_up_) {
    trace_.write({'i', "select", "add", watch_args(fd, kWakeUp, Kind::reader)});
  }
}

void Recorder::detach() {
  trace_.claim(*this);
  trace_.catch_up();
  view_ = {};
}

void Recorder::catch_up() {
  if (!view_.waiting || comparing_) return;
  comparing_ = true;
  write_stretch();
  if (iteration_thread_ != 0 && !view_.is_running()) end_iteration();
  compare(view_.waiting());
  comparing_ = false;
}

Recorder::Objects::iterator Recorder::find(const void* object) {
  const auto id = ids_.find(object);
  return id == ids_.end() ? objects_.end() : objects_.find(id->second);
}

Recorder::Objects::iterator Recorder::know(const Traced& traced) {
  if (const auto known = find(traced.object); known != objects_.end()) {
    return known;
  }
  const auto id = trace_.next_id();
  ids_[traced.object] = id;
  return objects_
      .emplace(id, Known{.object = traced.object,
                         .name = traced.name,
                         .loc = traced.loc,
                         .is_task = !traced.task.empty()})
      .first;
}

// --- The objects that the loop has scheduled, now and before -----------------

void Recorder::compare(const std::vector<Waiting>& waiting) {
  note_gone(waiting);
  // The one that is about to run has left the queue; it was the first.
  if (starting_) note_new({Kind::ready, starting_});
  for (const Waiting& place : waiting) note_new(place);
  if (!view_.is_open || !view_.is_open()) {
    for (const int fd : std::exchange(wake_up_, {})) {
      trace_.write(
          {'i', "select", "remove", watch_args(fd, kWakeUp, Kind::reader)});
    }
  }
  forget_unused();
}

void Recorder::note_gone(const std::vector<Waiting>& waiting) {
  std::unordered_set<const void*> ready = {starting_};
  std::unordered_set<const void*> timers;
  for (const Waiting& place : waiting) {
    if (place.kind == Kind::ready) ready.insert(place.object);
    if (place.kind == Kind::timer) timers.insert(place.object);
  }
  for (auto& [id, known] : objects_) {
    const bool is_ready = ready.count(known.object) > 0;
    if (known.in_timers && !is_ready && timers.count(known.object) == 0) {
      leave_timers(id, known, "cancelled");
    }
    if (known.in_ready && !is_ready) {
      known.in_ready = false;
      trace_.write({'i', "ready", "cancel",
                    TraceArgs()
                        .number("handle", static_cast<std::int64_t>(id))
                        .text("name", handle_name(known))});
    }
    if (!known.watches.empty()) note_unwatched(known, waiting);
  }
}

void Recorder::note_unwatched(Known& known,
                              const std::vector<Waiting>& waiting) {
  std::erase_if(known.watches, [&](const Waiting& watch) {
    const auto same = [&](const Waiting& place) {
      return same_place(watch, place);
    };
    if (std::ranges::any_of(waiting, same)) return false;
    trace_.write({'i', "select", "remove",
                  watch_args(watch.fd, known.name, watch.kind)});
    return true;
  });
}

void Recorder::note_new(const Waiting& place) {
  // A post that has not been accepted yet is not known.
  const auto found = find(place.object);
  if (found == objects_.end()) return;
  auto& [id, known] = *found;
  if (place.kind == Kind::ready) {
    if (!known.in_ready) become_ready(id, known);
  } else if (is_watch(place)) {
    const auto is_known = [&](const Waiting& watch) {
      return same_place(watch, place);
    };
    if (std::ranges::any_of(known.watches, is_known)) return;
    known.watches.push_back(place);
    trace_.write(
        {'i', "select", "add", watch_args(place.fd, known.name, place.kind)},
        known.accepted.value_or(trace_.now()));
    known.accepted.reset();
  }
}

void Recorder::become_ready(std::uint64_t id, Known& known) {
  const auto when = known.accepted.value_or(trace_.now());
  known.accepted.reset();
  known.in_ready = true;
  if (known.in_timers) {
    leave_timers(id, known, "fired");
  } else {
    trace_.write({'i', "ready", "call_soon",
                  TraceArgs()
                      .number("handle", static_cast<std::int64_t>(id))
                      .text("name", handle_name(known))
                      .text("loc", known.loc)},
                 when);
  }
  trace_.write({'s', "handle", handle_name(known), {}, id}, when);
}

void Recorder::leave_timers(std::uint64_t id, Known& known, const char* how) {
  known.in_timers = false;
  trace_.write({'e', "timer", known.name, TraceArgs().flag(how, true), id});
}

// A new object may get the address of an old one.
void Recorder::forget_unused() {
  std::erase_if(objects_, [this](const auto& item) {
    const auto& [id, known] = item;
    if (known.is_alive || known.in_timers || known.in_ready ||
        !known.watches.empty() || id == running_) {
      return false;
    }
    ids_.erase(known.object);
    return true;
  });
}

void Recorder::end_iteration() {
  TraceEvent end{'E', "loop", "iteration"};
  end.thread = std::exchange(iteration_thread_, 0);
  // The iteration ended when the last thing in it did.
  trace_.write(end, trace_.last_time());
}

// --- The seams ---------------------------------------------------------------

void Recorder::accepted(const Traced& traced) {
  trace_.catch_up();
  last_name_ = traced.name;
  last_loc_ = traced.loc;
  auto& [id, known] = *know(traced);
  known.loc = traced.loc;
  if (traced.when) {
    known.in_timers = true;
    trace_.write({'b', "timer", known.name,
                  TraceArgs()
                      .time("when", trace_.since_start(*traced.when))
                      .text("loc", known.loc),
                  id});
    return;
  }
  if (known.in_ready) return;  // it is there already
  if (known.is_task && id == running_) {
    task_event(traced,
               TraceArgs().text("state", "yielding").text("loc", traced.loc));
  }
  // A new handle may also be a reader; the others are where they are known to
  // be, or go into the ready queue.
  if (known.is_task || !known.watches.empty()) {
    become_ready(id, known);
  } else {
    known.accepted = trace_.now();
  }
}

void Recorder::before_select(std::optional<nanoseconds> timeout) {
  trace_.claim(*this);
  trace_.catch_up();
  if (iteration_thread_ != 0) end_iteration();
  iteration_thread_ = trace_.this_thread();
  trace_.write(
      {'B', "loop", "iteration",
       TraceArgs().number("n", static_cast<std::int64_t>(++iterations_))});
  trace_.write({'B', "select", "select", TraceArgs().timeout(timeout)});
}

void Recorder::after_select(std::vector<int> ready) {
  trace_.catch_up();
  std::ranges::sort(ready);
  ready.erase(std::unique(ready.begin(), ready.end()), ready.end());
  trace_.write({'E', "select", "select", TraceArgs().numbers("ready", ready)});
}

void Recorder::before_run(const Traced& traced) {
  auto& [id, known] = *know(traced);
  starting_ = traced.object;
  trace_.catch_up();
  starting_ = nullptr;
  known.in_ready = false;
  running_ = id;
  run_start_ = trace_.now();
  trace_.write({'B', "run", handle_name(known),
                TraceArgs()
                    .number("handle", static_cast<std::int64_t>(id))
                    .text("loc", traced.loc)});
  trace_.write({'f', "handle", handle_name(known), {}, id});
  if (known.is_task) task_event(traced, TraceArgs().text("state", "running"));
}

void Recorder::after_run(std::optional<nanoseconds> slow) {
  trace_.catch_up();
  const auto id = std::exchange(running_, 0);
  const Known& known = objects_.at(id);
  TraceArgs args;
  args.number("handle", static_cast<std::int64_t>(id));
  if (slow) args.flag("slow", trace_.now() - run_start_ >= *slow);
  trace_.write({'E', "run", handle_name(known), args});
}

void Recorder::stretch(TracedStretch stretch) {
  TracedStretch* const last = stretch_ ? &*stretch_ : nullptr;
  if (last && last->end == stretch.begin && last->from == stretch.from &&
      last->to == stretch.to && last->function == stretch.function) {
    last->end = stretch.end;
    ++last->times;
    return;
  }
  trace_.catch_up();
  stretch_ = std::move(stretch);
}

// Short ones are left out: on a machine's clock every move takes some time.
void Recorder::write_stretch() {
  const auto stretch = std::exchange(stretch_, std::nullopt);
  if (!stretch || stretch->end - stretch->begin < kShortestStretch) return;
  const auto end = trace_.since_start(stretch->end);
  trace_.write({'i', "stretch", stretch->function,
                TraceArgs()
                    .text("from", stretch->from)
                    .text("to", stretch->to)
                    .time("begin_us", trace_.since_start(stretch->begin))
                    .time("end_us", end)
                    .number("times", stretch->times)},
               end);
}

void Recorder::task_created(const Traced& traced) {
  trace_.catch_up();
  auto& [id, known] = *know(traced);
  known.is_alive = known.is_open = true;
  trace_.write({'b', "task", known.name,
                TraceArgs().text("name", traced.task).text("loc", traced.loc),
                id});
}

void Recorder::task_waits(const Traced& traced, const std::string& on,
                          const void* on_object,
                          const std::vector<const void*>& below) {
  trace_.catch_up();
  if (const auto found = find(traced.object); found != objects_.end()) {
    found->second.waits_for = on;
  }
  TraceArgs args;
  args.text("state", "waiting").text("on", on);
  if (const auto other = find(on_object); other != objects_.end()) {
    args.number("on_id", static_cast<std::int64_t>(other->first));
  }
  std::vector<int> ids;
  for (const void* const object : below) {
    const auto other = find(object);
    if (other != objects_.end()) ids.push_back(static_cast<int>(other->first));
  }
  if (!ids.empty()) args.numbers("on_ids", ids);
  task_event(traced, args.text("loc", traced.loc));
}

void Recorder::task_woken(const Traced& traced) {
  trace_.catch_up();
  const auto found = find(traced.object);
  if (found == objects_.end()) return;
  task_event(
      traced,
      TraceArgs().text("state", "woken").text("by", found->second.waits_for));
}

void Recorder::task_cancelling(const Traced& traced) {
  trace_.catch_up();
  task_event(traced, TraceArgs().text("state", "cancelling"));
}

void Recorder::task_ended(const Traced& traced, std::string_view state) {
  trace_.catch_up();
  const auto found = find(traced.object);
  if (found == objects_.end() || !found->second.is_open) return;
  found->second.is_open = false;
  trace_.write({'e', "task", found->second.name,
                TraceArgs().text("state", state), found->first});
}

void Recorder::forget_task(const void* object) {
  const auto found = find(object);
  if (found != objects_.end()) found->second.is_alive = false;
}

void Recorder::task_event(const Traced& traced, const TraceArgs& args) {
  const auto found = find(traced.object);
  if (found == objects_.end() || !found->second.is_open) return;
  trace_.write({'n', "task", found->second.name, args, found->first});
}

bool Recorder::is_sleep(std::string_view loc) const {
  return last_name_ == "_set_result_unless_cancelled()" && last_loc_ == loc;
}

void Recorder::report(std::string_view text) {
  TraceArgs args;
  args.text("level", "ERROR");
  if (running_ != 0) args.text("loc", objects_.at(running_).loc);
  trace_.event({'i', "log", text, args});
}

}  // namespace common
