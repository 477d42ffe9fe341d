// Who is ready? A pipe and a socket, watched by one selector.
#include <fmt/format.h>
#include <unistd.h>

#include <any>
#include <array>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "chapters/01_selector/selector.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/01_selector.hpp"
#include "common/unique_fd.hpp"

namespace {

using namespace std::chrono_literals;
using ch01::EVENT_READ;
using ch01::EVENT_WRITE;
using Selector = common::RecordedSelector;

// #region show
// Asks the selector, and prints who is ready for what.
void show(Selector& selector, std::chrono::nanoseconds timeout,
          std::string_view moment) {
  // #region ask
  std::set<std::string> lines;  // sorted, as selectors have no fixed order
  for (const auto& [key, events] : selector.select(timeout)) {
    lines.insert(fmt::format("{} is ready to{}{}",
                             std::any_cast<std::string>(key->data),
                             (events & EVENT_READ) != 0 ? " read" : "",
                             (events & EVENT_WRITE) != 0 ? " write" : ""));
  }
  // #endregion ask
  common::print("{}:", moment);
  if (lines.empty()) {
    common::print("  nobody, for {} s", common::to_seconds(timeout));
  }
  for (const std::string& line : lines) common::print("  {}", line);
}
// #endregion show

// #region send
void send(const common::UniqueFd& fd, std::string_view text) {
  if (::write(fd.get(), text.data(), text.size()) < 0) {
    common::throw_errno("write()");
  }
}
// #endregion send

std::string receive(const common::UniqueFd& fd) {
  std::array<char, 64> buffer;
  const auto size = ::read(fd.get(), buffer.data(), buffer.size());
  if (size < 0) common::throw_errno("read()");
  return {buffer.data(), static_cast<std::size_t>(size)};
}

int program(int argc, char** argv) {
  auto timeout = std::chrono::nanoseconds(20ms);
  common::CommandLine command_line("Shows who is ready, and when.");
  command_line.seconds("timeout,t", timeout, "how long to wait for somebody");
  command_line.parse(argc, argv);

  Selector selector(command_line, ch01::default_selector());
  const auto ask = [&](std::string_view moment) {
    show(selector, timeout, moment);
  };
  common::print("Using selector: {}", selector.name());

  // #region watch
  auto pipe = common::make_pipe();
  auto [here, there] = common::make_socket_pair();  // its two ends
  selector.register_fd(pipe.read.get(), EVENT_READ, std::string("pipe"));
  selector.register_fd(here.get(), EVENT_READ | EVENT_WRITE,
                       std::string("socket"));
  // #endregion watch
  ask("nothing sent yet");

  send(pipe.write, "ping");
  ask("a ping in the pipe");
  ask("asked again, nothing read");
  common::print("read '{}' from the pipe", receive(pipe.read));

  selector.modify(here.get(), EVENT_READ, std::string("socket"));
  ask("the socket only watched for reading");

  send(there, "hello");
  ask("a hello on the socket");
  common::print("read '{}' from the socket", receive(here));

  there.reset();
  ask("the other end of the socket closed");
  common::print("read '{}' from the socket: the end", receive(here));

  // #region refused
  try {
    selector.register_fd(pipe.read.get(), EVENT_WRITE);
  } catch (const std::out_of_range& error) {
    common::print("refused: {}", error.what());
  }
  // #endregion refused
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
