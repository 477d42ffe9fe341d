// kqueue() and kevent() over ppoll(), for the filters READ and WRITE. Closing a
// descriptor takes it out of every queue: the linker sends close() and dup2()
// through here (--wrap).

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include <sys/event.h>

#pragma GCC diagnostic ignored "-Wshadow"  // of kevent, as in the header

namespace {

// The descriptors of one queue. A wait allocates nothing, as in a kernel.
class Queue {
 public:
  // 0 or an error number.
  int change(const struct kevent& wanted) {
    const int fd = static_cast<int>(wanted.ident);
    if (::fcntl(fd, F_GETFD) < 0) return EBADF;
    short event = 0;
    if (wanted.filter == EVFILT_READ) event = POLLIN | POLLRDHUP;
    if (wanted.filter == EVFILT_WRITE) event = POLLOUT;
    if (event == 0) return EINVAL;
    const auto found = index_.find(fd);
    if ((wanted.flags & EV_ADD) != 0) {
      if (found != index_.end()) {
        watched_[found->second].events |= event;
      } else {
        index_.emplace(fd, watched_.size());
        watched_.push_back({fd, event, 0});
      }
      return 0;
    }
    if ((wanted.flags & EV_DELETE) == 0) return EINVAL;
    if (found == index_.end()) return ENOENT;
    pollfd& watched = watched_[found->second];
    if ((watched.events & event) == 0) return ENOENT;
    watched.events = static_cast<short>(watched.events & ~event);
    if (watched.events == 0) forget(fd);
    return 0;
  }

  void forget(int fd) {
    const auto found = index_.find(fd);
    if (found == index_.end()) return;
    const std::size_t at = found->second;
    index_.erase(found);
    if (at + 1 < watched_.size()) {
      watched_[at] = watched_.back();
      index_[watched_[at].fd] = at;
    }
    watched_.pop_back();
  }

  int wait(std::span<struct kevent> events, const timespec* timeout) {
    if (::ppoll(watched_.data(), watched_.size(), timeout, nullptr) < 0) {
      return -1;
    }
    std::size_t count = 0;
    const auto tell = [&](const pollfd& found, short filter, int wanted,
                          int ends) {
      if ((found.revents & (wanted | ends)) == 0 || count == events.size()) {
        return;
      }
      int bytes = 0;
      if (filter == EVFILT_READ) ::ioctl(found.fd, FIONREAD, &bytes);
      const bool end = (found.revents & ends) != 0;
      EV_SET(&events[count++], static_cast<uintptr_t>(found.fd), filter,
             static_cast<unsigned short>(end ? EV_EOF : 0), 0, bytes, nullptr);
    };
    for (const pollfd& found : watched_) {
      if ((found.events & POLLIN) != 0) {
        tell(found, EVFILT_READ, POLLIN, POLLRDHUP | POLLHUP | POLLERR);
      }
      if ((found.events & POLLOUT) != 0) {
        tell(found, EVFILT_WRITE, POLLOUT, POLLHUP | POLLERR);
      }
    }
    return static_cast<int>(count);
  }

 private:
  std::vector<pollfd> watched_;
  std::unordered_map<int, std::size_t> index_;
};

std::mutex mutex;  // for the map, not for a queue: one thread waits on it
std::map<int, Queue>& queues() {
  static std::map<int, Queue> all;
  return all;
}

Queue* find(int kq) {
  const std::lock_guard lock(mutex);
  const auto found = queues().find(kq);
  return found == queues().end() ? nullptr : &found->second;
}

void closed(int fd) {
  const std::lock_guard lock(mutex);
  queues().erase(fd);
  for (auto& [kq, queue] : queues()) queue.forget(fd);
}

}  // namespace

extern "C" {

int kqueue(void) {
  const int kq = ::eventfd(0, EFD_CLOEXEC);
  if (kq < 0) return -1;
  const std::lock_guard lock(mutex);
  queues()[kq];
  return kq;
}

int kevent(int kq, const struct kevent* changes, int change_count,
           struct kevent* events, int event_count, const timespec* timeout) {
  Queue* const queue = find(kq);
  if (!queue) {
    errno = EBADF;
    return -1;
  }
  // An error goes into the list of events, or into errno if that has no room.
  int errors = 0;
  for (const struct kevent& wanted :
       std::span(changes, static_cast<std::size_t>(change_count))) {
    const int error = queue->change(wanted);
    if (error == 0) continue;
    if (errors == event_count) {
      errno = error;
      return -1;
    }
    events[errors] = wanted;
    events[errors].flags = EV_ERROR;
    events[errors++].data = error;
  }
  if (errors > 0 || event_count == 0) return errors;
  return queue->wait(std::span(events, static_cast<std::size_t>(event_count)),
                     timeout);
}

int __real_close(int fd);
int __wrap_close(int fd) {
  closed(fd);
  return __real_close(fd);
}

int __real_dup2(int from, int to);
int __wrap_dup2(int from, int to) {
  if (from != to) closed(to);
  return __real_dup2(from, to);
}

}  // extern "C"
