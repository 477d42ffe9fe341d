// Compiles and runs strangers' programs, under the best isolation that works on
// this machine, which it finds by trying.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/grader/judge/process.hpp"

namespace grader {

// From the best to the last.
enum class Isolation {
  bwrap,     // bubblewrap: separate namespaces, and our filter
  landlock,  // Landlock and our filter, as an ordinary user
  limits,    // time, memory, processes and output only
};
std::string_view name_of(Isolation isolation);
// Throws std::invalid_argument for any other name.
Isolation isolation_named(std::string_view name);

// The rights of a program in there.
struct Allowed {
  std::filesystem::path scratch;     // it runs here, and may write only here
  std::vector<std::string> read;     // in addition to the system's folders
  bool compiles = false;             // runs a linker, which changes modes
  std::size_t processes = 64;        // and threads
  std::size_t memory = 512U << 20U;  // resident, in all; 0: no limit
  std::size_t disk = 64U << 20U;     // for the files in the scratch folder
  std::size_t room = 8U << 20U;      // and this must stay free on its disk
};

struct Confined {
  Result result;
  bool network = false;    // it tried to open a socket for a network
  bool leftovers = false;  // something still ran when it had ended
  // It was ended because the disk was full, or the memory of the machine, and
  // it had not used more than it may.
  bool full = false;
  bool short_of_memory = false;
  bool jail_killed = false;  // it ended its own supervisor
};

class Sandbox {
 public:
  // The best one that passes its test, or the wanted one.  `jail`: our program
  // for it. `secret`: a file that no program in it may read. Throws
  // GraderError when the wanted one does not work here.
  static Sandbox choose(const std::filesystem::path& jail,
                        const std::filesystem::path& secret,
                        std::optional<Isolation> wanted = {});

  // One that our parent process has chosen and tried.
  static Sandbox known(const std::filesystem::path& jail, Isolation isolation);

  Isolation isolation() const { return isolation_; }
  // Why the better ones do not work here, one line for each.
  const std::vector<std::string>& refusals() const { return refusals_; }
  // A warning for the user; empty where programs are confined.
  std::string warning() const;

  // Like grader::run(), but confined. The request's output must come to us,
  // its directory is the scratch folder, and its environment is cleared. Its
  // limit for memory is one for what each process can map. Throws GraderError
  // if the kernel does not let go of a process.
  Confined run(Request request, const Allowed& allowed) const;

  // Gives the sandbox a folder, with all that is in it, to write to.
  void give(const std::filesystem::path& folder) const;

 private:
  Sandbox(Isolation isolation, std::filesystem::path jail);
  std::vector<std::string> command(const Request& request,
                                   const Allowed& allowed) const;
  // Its faults, as text; empty if all is well.
  std::string test(const std::filesystem::path& secret) const;

  Isolation isolation_;
  std::filesystem::path jail_;
  std::string bwrap_;
  uid_t uid_ = 0;  // to become; 0: stay who we are
  std::vector<std::string> refusals_;
};

}  // namespace grader
