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
// system call is over. The system gives the number of a closed descriptor to
// the next that is opened, so the same number comes again and again.
class FdLedger {
 public:
  virtual ~FdLedger() = default;

  // The descriptor was opened, or closed, at this place.
  virtual void opened(int fd, const Place& where) = 0;
  virtual void closed(int fd, const Place& where) = 0;

  // What is open now, with the place of the last opened(), a line for each:
  //
  //   kettle.cpp:9: fd 7 is still open
  //
  // sorted by file, then by the line's number, then by descriptor.
  virtual std::vector<std::string> still_open() const = 0;

  // What cannot be right, in the order in which it was told:
  //
  //   tea.cpp:31: fd 7 closed again, after kettle.cpp:12
  //   tea.cpp:31: fd 7 closed, but never opened
  //   tea.cpp:31: fd 7 opened again, still open from kettle.cpp:9
  //
  // "after" names the last closed() of this number, be that right or wrong.
  virtual std::vector<std::string> mistakes() const = 0;
};

// You write this, and a class for what it makes. A new ledger is empty.
std::unique_ptr<FdLedger> make_fd_ledger();

}  // namespace exercises
