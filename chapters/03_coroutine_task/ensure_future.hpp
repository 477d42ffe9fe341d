// Makes tasks of the running loop, and futures of all that can be awaited.
#pragma once

#include <source_location>
#include <string>
#include <utility>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "chapters/03_coroutine_task/sleep.hpp"

namespace ch03 {

// A task on the running loop.  asyncio.create_task
template <class T>
[[nodiscard]] Task<T> create_task(
    Coroutine<T> coroutine, std::string name = {},
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(std::move(coroutine), std::move(name),
                                        where);
}

[[nodiscard]] inline Task<> create_task(
    Sleep awaited, std::string name = {},
    std::source_location where = std::source_location::current()) {
  return get_running_loop().create_task(awaited, std::move(name), where);
}

// Something to wait for, as a future: a task or a future is one already, a
// coroutine becomes a task of the running loop.
template <class T>
[[nodiscard]] Task<T> ensure_future(
    Task<T> task, std::source_location = std::source_location::current()) {
  return task;
}
template <class T>
[[nodiscard]] Future<T> ensure_future(
    Future<T> future, std::source_location = std::source_location::current()) {
  return future;
}
template <class T>
[[nodiscard]] Task<T> ensure_future(
    Coroutine<T> coroutine,
    std::source_location where = std::source_location::current()) {
  return create_task(std::move(coroutine), {}, where);
}
[[nodiscard]] inline Task<> ensure_future(
    Sleep awaited,
    std::source_location where = std::source_location::current()) {
  return create_task(awaited, {}, where);
}

// The type of the result of co_await for this type of awaitable.
template <class Awaitable>
using ResultOf =
    typename decltype(ensure_future(std::declval<Awaitable>()))::value_type;

}  // namespace ch03
