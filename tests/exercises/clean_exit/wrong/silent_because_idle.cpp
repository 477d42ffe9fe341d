// Who does nothing leaves nothing: the radio, the oven and the door are gone.

#include <exception>
#include <stdexcept>

#include "chapters/07_resource_warning/exercises/clean_exit.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

asyncio::Coroutine<> serve(Cafe& cafe, const Guest& guest) {
  co_await asyncio::sleep(guest.takes);
  if (guest.complains) throw std::runtime_error(guest.name + " complains");
  cafe.note("served " + guest.name);
}

asyncio::Coroutine<> evening(Cafe& cafe) {
  std::exception_ptr complaint;
  try {
    for (const Guest& guest : cafe.guests) co_await serve(cafe, guest);
  } catch (const std::runtime_error&) {
    complaint = std::current_exception();
  }
  if (complaint) std::rethrow_exception(complaint);
}

}  // namespace

void run_evening(Cafe& cafe) {
  try {
    cafe.loop.run_until_complete(evening(cafe));
  } catch (...) {
    cafe.loop.close();
    throw;
  }
  cafe.loop.close();
}

}  // namespace exercises
