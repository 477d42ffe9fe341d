// Properties of the emulation that the selector's contract does not test.

#include <sys/event.h>

#include <cerrno>

#include "chapters/01_selector/kqueue_selector.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"

namespace {

struct kevent change(int fd, short filter, unsigned short flags) {
  struct kevent result;
  EV_SET(&result, static_cast<uintptr_t>(fd), filter, flags, 0, 0, nullptr);
  return result;
}

}  // namespace

TEST_CASE("kevent returns errors in its list, or in errno") {
  const common::FdPair pipe = common::make_pipe();
  const common::UniqueFd kq(::kqueue());
  const auto wanted = change(pipe.read.get(), EVFILT_READ, EV_DELETE);
  CHECK(::kevent(kq.get(), &wanted, 1, nullptr, 0, nullptr) == -1);
  CHECK(errno == ENOENT);
  struct kevent answer;
  REQUIRE(::kevent(kq.get(), &wanted, 1, &answer, 1, nullptr) == 1);
  CHECK(answer.flags == EV_ERROR);
  CHECK(answer.data == ENOENT);
}

TEST_CASE("the end of a stream is reported, and the bytes before it") {
  common::FdPair pipe = common::make_pipe();
  const common::UniqueFd kq(::kqueue());
  const auto wanted = change(pipe.read.get(), EVFILT_READ, EV_ADD);
  REQUIRE(::kevent(kq.get(), &wanted, 1, nullptr, 0, nullptr) == 0);
  pipe.write.reset();
  struct kevent answer;
  REQUIRE(::kevent(kq.get(), nullptr, 0, &answer, 1, nullptr) == 1);
  CHECK(answer.filter == EVFILT_READ);
  CHECK((answer.flags & EV_EOF) != 0);
  CHECK(answer.data == 0);
}

TEST_CASE("a second filter that is refused leaves the first as it was") {
  ch01::KqueueSelector selector;
  common::FdPair pair = common::make_socket_pair();
  const int fd = pair.read.get();
  selector.register_fd(fd, ch01::EVENT_READ);
  pair.read.reset();
  CHECK_THROWS_AS(selector.modify(fd, ch01::EVENT_READ | ch01::EVENT_WRITE),
                  std::system_error);
  CHECK(selector.get_map()->empty());  // the descriptor is closed
}
