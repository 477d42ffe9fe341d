// Who runs next? Callbacks, timers, a pipe and a thread share one loop.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/02_event_loop.hpp"
#include "common/unique_fd.hpp"

namespace asyncio = ch02;

namespace {

using namespace std::chrono_literals;

int program(int argc, char** argv) {
  auto block = std::chrono::nanoseconds(0);
  common::CommandLine command_line("Runs callbacks of every kind.");
  command_line.seconds("block,b", block, "how long the second callback blocks");
  command_line.parse(argc, argv);

  common::Recorded<asyncio::EventLoop> loop(command_line);
  const auto start = loop.time();
  const auto say = [&loop, start](std::string_view what) {
    const double seconds = common::to_seconds(loop.time() - start);
    common::print("{:.2f} s  {}", seconds, what);
  };

  // #region soon
  loop.call_soon([&] {
    say("first callback; it schedules a third");
    loop.call_soon([&] { say("third callback, one iteration later"); });
  });
  loop.call_soon([&] {
    loop.clock().sleep(block);  // nothing else runs meanwhile
    say("second callback");
  });
  // #endregion soon

  // #region timers
  loop.call_later(200ms, [&] { say("timer of 0.2 s"); });
  loop.call_later(100ms, [&] { say("timer of 0.1 s"); });
  const auto unwanted = loop.call_later(150ms, [&] { say("never printed"); });
  loop.call_soon([&] {
    unwanted->cancel();
    say("timer of 0.15 s cancelled");
  });
  // #endregion timers

  // #region spill_coffee
  loop.call_later(300ms, asyncio::named("spill_coffee", [] {
                    throw std::runtime_error("coffee on the keyboard");
                  }));
  // #endregion spill_coffee

  auto pipe = common::make_pipe();
  std::thread helper;
  // #region read_pipe
  loop.add_reader(pipe.read.get(), [&] {
    std::array<char, 16> buffer;
    const auto size = ::read(pipe.read.get(), buffer.data(), buffer.size());
    say(fmt::format("{} bytes came through the pipe", size));
    loop.remove_reader(pipe.read.get());
    // #endregion read_pipe
    // #region thread
    helper = std::thread([&] {
      // Another thread: it may only post.
      loop.call_soon_threadsafe([&] {
        say("a thread has posted the end");
        loop.stop();
      });
    });
    // #endregion thread
  });
  loop.call_later(400ms, [&] {
    say("writing into the pipe");
    if (::write(pipe.write.get(), "hello", 5) < 0) {
      common::throw_errno("write()");
    }
  });

  loop.run_forever();
  helper.join();
  loop.close();
  say("the loop is closed");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
