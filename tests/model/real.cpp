#include "tests/model/real.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "common/unique_fd.hpp"
#include "tests/model/pipes.hpp"
#include "tests/model/world.hpp"

namespace model {

namespace {

constexpr std::string_view kReporting = ", reporting all";

// The platform's selector, with answers in the order of the descriptors, which
// the kernel does not promise. If it would wait without end, it reports that.
class OrderedSelector final : public ch01::Selector {
 public:
  explicit OrderedSelector(std::function<void()> idle)
      : idle_(std::move(idle)) {}

  std::span<const ch01::ReadyKey> select(Timeout timeout) override {
    ready_.clear();
    // On a virtual clock the loop asks either without waiting, or without a
    // timeout.
    for (const auto& [key, events] :
         inner_->select(std::chrono::nanoseconds(0))) {
      ready_.push_back({&get_key(key->fd), events});
    }
    std::ranges::sort(
        ready_, {}, [](const ch01::ReadyKey& ready) { return ready.key->fd; });
    if (!timeout && ready_.empty()) idle_();
    return ready_;
  }
  void close() override {
    Selector::close();
    inner_->close();
  }
  std::string_view name() const override { return inner_->name(); }
  int fileno() const override { return inner_->fileno(); }

 private:
  void add(int fd, ch01::EventMask events) override {
    inner_->register_fd(fd, events);
  }
  void change(int fd, ch01::EventMask, ch01::EventMask after) override {
    inner_->modify(fd, after);
  }
  void remove(int fd, ch01::EventMask) override { inner_->unregister(fd); }
  void check_open() const override { inner_->fileno(); }

  std::unique_ptr<ch01::Selector> inner_ = ch01::default_selector();
  std::function<void()> idle_;
  std::vector<ch01::ReadyKey> ready_;
};

// Hears the log: the report of a future whose loop is gone.
class Listener final : public ch04::Handler {
 public:
  explicit Listener(std::function<void(const ch04::LogRecord&)> hears)
      : hears_(std::move(hears)) {}

 private:
  void emit(const ch04::LogRecord& record) override { hears_(record); }
  std::function<void(const ch04::LogRecord&)> hears_;
};

}  // namespace

// Every callback and every step is reported: that must not change their order.
template <class Loop>
loops::Kind reporting_kind() {
  return {"ch" + loops::number<Loop>() + std::string(kReporting), true,
          [](common::Clock& clock, std::unique_ptr<ch01::Selector> selector,
             loops::Watcher& watcher) -> std::unique_ptr<ch02::EventLoop> {
            auto loop = std::make_unique<loops::Watched<Loop>>(
                clock, std::move(selector), watcher);
            loop->set_debug(true);
            loop->slow_callback_duration = std::chrono::nanoseconds(0);
            return loop;
          }};
}

std::vector<loops::Kind> loops_for(const Program& program) {
  auto all = loops::all();
  all.push_back(loops::debug_kind<ch05::EventLoop>("ch05 in debug mode"));
  all.push_back(loops::debug_kind<ch06::EventLoop>("ch06 in debug mode"));
  loops::for_each<loops::From<ch09::EventLoop>>(
      [&all]<class Loop>(std::type_identity<Loop>) {
        all.push_back(reporting_kind<Loop>());
      });
  if (program.tasks) all.erase(all.begin());
  return all;
}

bool reports(const loops::Kind& kind) { return kind.name >= "ch07"; }

Result run_real(const Program& program, const loops::Kind& kind) {
  return World(program, kind).run();
}

World::World(const Program& program, const loops::Kind& kind)
    : program_(program) {
  loop_ = kind.make(clock_, std::make_unique<OrderedSelector>([this] {
                      note("idle");
                      loop_->stop();
                    }),
                    watcher_);
  tasks_loop_ = dynamic_cast<ch03::EventLoop*>(loop_.get());
  loop_->set_exception_handler(
      [this](ch02::EventLoop&, const ch02::ExceptionContext& context) {
        // Chapter 7's other reports are not the order of events.
        if (context.message.starts_with("Exception in callback")) {
          note("report " + error_name(context.exception));
        } else if (context.message == "Task was destroyed but it is pending!") {
          lost("Task pending");
        } else {
          never_retrieved(context.message, context.exception);
        }
      });
  // Chapter 7's hooks belong to the process: they work for every loop.
  log_ = std::make_shared<Listener>([this, &kind](const auto& record) {
    if (!reports(kind)) return;
    never_retrieved(record.message, record.exc_info.value_or(nullptr));
  });
  ch04::loop_logger().add_handler(log_);
  ch04::loop_logger().set_propagate(false);
  const bool reporting = kind.name.ends_with(kReporting);
  ch04::loop_logger().set_level(reporting ? ch04::WARNING : ch04::NOTSET);
  ch07::set_showwarning([this, &kind](const ch07::WarningMessage& message) {
    // In debug mode the text also says where it was created.
    const auto found = message.text.find(" was never awaited");
    if (reports(kind) && found != std::string::npos) lost("coroutine");
  });
  watcher_.on_select = [this](loops::Timeout) { kill_if_due(); };
  watcher_.on_run = [this](ch02::LoopObject& object) {
    kill_if_due();
    keep_all_tasks();
    if (!dynamic_cast<ch03::TaskBase*>(&object)) return;
    if (++result_.steps == program_.kill_at) kill_due_ = true;
  };
}

World::~World() {
  pipes().drain();
  ch07::set_showwarning(nullptr);
  ch04::loop_logger().remove_handler(log_);
  ch04::loop_logger().set_propagate(true);
  ch04::loop_logger().set_level(ch04::NOTSET);
}

void World::note(const std::string& line) {
  result_.log += fmt::format(
      "{} {}\n",
      std::chrono::duration_cast<std::chrono::seconds>(clock_.now()).count(),
      line);
}

void World::never_retrieved(std::string_view text,
                            const std::exception_ptr& error) {
  const std::size_t end = text.find(" exception was never retrieved");
  if (end == text.npos) return;
  lost(fmt::format("{} {}", text.substr(0, end), error_name(error)));
}

void World::lost(const std::string& line) {
  if (!sorting_) return note("lost " + line);
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.now()).count();
  sorted_lost_.push_back(fmt::format("{} lost {}\n", now, line));
}

bool World::refuel() {
  if (fuel_ == 0) return false;
  --fuel_;
  ++result_.operations;
  return true;
}

void World::keep(const ch03::Ref<ch03::FutureBase>& future) {
  if (program_.keep) kept_.try_emplace(future.get(), future);
}

void World::keep_all_tasks() {
  if (!program_.keep || !tasks_loop_) return;
  for (const auto& task : tasks_loop_->all_tasks()) keep(task);
}

void World::kill_if_due() {
  if (!std::exchange(kill_due_, false)) return;
  if (program_.kill == Kill::slots) clear_slots();
  if (program_.kill == Kill::loop) {
    fuel_ = 0;
    loop_->stop();
  }
}

void World::clear_slots() {
  kept_.clear();
  for (auto& slot : handles_) slot = nullptr;
  for (auto& slot : futures_) slot.reset();
  for (auto& slot : tasks_) slot.reset();
  for (auto& slot : groups_) slot.reset();
  for (auto& slot : done_) slot = {};
}

void World::flush_sorted() {
  sorting_ = false;
  for (const auto& [root, lines] : std::exchange(sorted_, {})) {
    result_.log += lines;
  }
  std::ranges::sort(sorted_lost_);
  for (const auto& line : std::exchange(sorted_lost_, {})) result_.log += line;
}

void World::end_of_loop() {
  sorting_ = true;
  if (!loop_->is_closed()) loop_->close();
  flush_sorted();
  sorting_ = true;
  loop_.reset();
  flush_sorted();
}

Result World::run() {
  outside();
  note("teardown");
  if (!program_.slots_last) {
    sorting_ = true;
    clear_slots();
    flush_sorted();
  }
  end_of_loop();
  // Half of the objects that outlive the loop are looked at.
  for (std::size_t i = 0; i < kSlots / 2; ++i) {
    if (futures_[i]) note("future " + state(*futures_[i]));
    if (tasks_[i]) note("task " + state(tasks_[i]->task));
    if (groups_[i]) note("group " + state(groups_[i]->future));
  }
  sorting_ = true;
  clear_slots();
  flush_sorted();
  if (frames_ != 0) {
    throw std::logic_error(
        fmt::format("{} coroutines were not destroyed once", frames_));
  }
  return std::move(result_);
}

}  // namespace model
