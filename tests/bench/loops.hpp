// The same benchmark for the loops of several chapters.
#pragma once

#include <string>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "tests/bench/bench.hpp"

namespace bench {

template <class Loop, class Body>
void add_loop(const std::string& name, bool debug, Body body, Meter meter) {
  const auto run = [debug, body](benchmark::State& state) {
    Loop loop;
    if constexpr (requires { loop.set_debug(debug); }) loop.set_debug(debug);
    body(state, loop);
    loop.close();
  };
  add(name + (debug ? "/debug" : ""), run, meter);
}

// For benchmarks that need tasks: body(state, loop), called with each kind of
// loop.
template <class Body>
bool add_task_loops(const std::string& theme, Body body,
                    Meter meter = Meter::thread) {
  add_loop<ch03::EventLoop>(theme + "/ch03", false, body, meter);
  for (const bool debug : {false, true}) {
    add_loop<ch05::EventLoop>(theme + "/ch05", debug, body, meter);
    add_loop<ch06::EventLoop>(theme + "/ch06", debug, body, meter);
    add_loop<ch07::EventLoop>(theme + "/ch07", debug, body, meter);
    add_loop<ch09::EventLoop>(theme + "/ch09", debug, body, meter);
    add_loop<ch10::EventLoop>(theme + "/ch10", debug, body, meter);
    add_loop<ch11::EventLoop>(theme + "/ch11", debug, body, meter);
    add_loop<ch12::EventLoop>(theme + "/ch12", debug, body, meter);
  }
  return true;
}

// For benchmarks of chapter 2.
template <class Body>
bool add_loops(const std::string& theme, Body body,
               Meter meter = Meter::thread) {
  add_loop<ch02::EventLoop>(theme + "/ch02", false, body, meter);
  return add_task_loops(theme, body, meter);
}

}  // namespace bench
