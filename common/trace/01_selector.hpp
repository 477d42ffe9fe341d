// A selector that keeps a record, for a program without a loop. On a virtual
// clock, the time of a wait that found nothing passes.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chapters/01_selector/selector.hpp"
#include "common/command_line.hpp"
#include "common/trace/trace.hpp"

namespace common {

class RecordedSelector {
 public:
  RecordedSelector(CommandLine& command_line,
                   std::unique_ptr<ch01::Selector> selector)
      : clock_(command_line.clock()),
        trace_(command_line.trace()),
        selector_(std::move(selector)) {}

  std::string_view name() const { return selector_->name(); }

  const ch01::SelectorKey& register_fd(int fd, ch01::EventMask events,
                                       const std::string& data = {}) {
    const auto& key = selector_->register_fd(fd, events, data);
    note("add", fd, data, events);
    return key;
  }
  const ch01::SelectorKey& modify(int fd, ch01::EventMask events,
                                  const std::string& data = {}) {
    const auto& key = selector_->modify(fd, events, data);
    note("modify", fd, data, events);
    return key;
  }
  ch01::SelectorKey unregister(int fd) {
    auto key = selector_->unregister(fd);
    note("remove", fd, {}, key.events);
    return key;
  }
  std::span<const ch01::ReadyKey> select(ch01::Selector::Timeout timeout) {
    if (trace_) {
      trace_->event({'B', "select", "select", TraceArgs().timeout(timeout)});
    }
    const auto events = selector_->select(timeout);
    if (events.empty() && timeout && clock_.is_virtual()) {
      clock_.sleep(*timeout);
    }
    if (trace_) {
      std::vector<int> ready;
      for (const auto& event : events) ready.push_back(event.key->fd);
      std::ranges::sort(ready);
      trace_->event(
          {'E', "select", "select", TraceArgs().numbers("ready", ready)});
    }
    return events;
  }

 private:
  void note(std::string_view what, int fd, std::string_view name,
            ch01::EventMask events) {
    if (!trace_) return;
    trace_->event(
        {'i', "select", what,
         TraceArgs()
             .number("fd", fd)
             .text("name", name)
             .text("events", events == ch01::EVENT_READ    ? "read"
                             : events == ch01::EVENT_WRITE ? "write"
                                                           : "read, write")});
  }

  Clock& clock_;
  Trace* trace_;
  std::unique_ptr<ch01::Selector> selector_;
};

}  // namespace common
