// A ledger of descriptors: who opened what, and did not close it.
// This file is the contract: do not edit it. Yours is fd_ledger.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace exercises {

// A line of source.
struct Place {
  std::string file;
  unsigned line;
};

// It only takes notes, and never refuses: by the time that it is told, the
// system call is over. Any number may come, also -1. The system gives the
// number of a closed descriptor to the next one that is opened, so the same
// number comes again and again.
class FdLedger {
 public:
  virtual ~FdLedger() = default;

  // The descriptor was opened, or closed, at this place. It is open from the
  // first opened() to the next closed(). The ledger copies the place, which
  // may change, or be gone, after the call.
  virtual void opened(int fd, const Place& where) = 0;
  virtual void closed(int fd, const Place& where) = 0;

  // All that is open now, with the place of the last opened(), a line for each:
  //
  //   kettle.cpp:9: fd 7 is still open
  //
  // sorted by file, as std::string compares, then by the line's number, then by
  // descriptor.
  virtual std::vector<std::string> still_open() const = 0;

  // All that cannot be right, in the order in which it was told:
  //
  //   tea.cpp:31: fd 7 closed again, after kettle.cpp:12
  //   tea.cpp:31: fd 7 closed, but never opened
  //   tea.cpp:31: fd 7 opened again, still open from kettle.cpp:9
  //
  // "after" names the last closed() of this number, be that right or wrong, and
  // "still open from" its last opened(). "never opened" is for a number that is
  // named for the first time.
  virtual std::vector<std::string> mistakes() const = 0;
};

// You write this, and a class for what it makes. A new ledger is empty, and has
// its own notes.
std::unique_ptr<FdLedger> make_fd_ledger();

}  // namespace exercises
