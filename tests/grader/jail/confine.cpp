#include "tests/grader/jail/confine.hpp"

#include <cerrno>
#include <system_error>

#ifdef __linux__

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/unique_fd.hpp"

namespace grader {

namespace {

// --- Landlock
// ------------------------------------------------------------------

// The kernel's header may be older than the kernel, so the numbers are here.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr std::uint32_t kAskVersion = 1;
constexpr int kRulePathBeneath = 1;

struct Ruleset {
  std::uint64_t files;
  std::uint64_t network;  // since version 4
  std::uint64_t scoped;   // since version 6
};
struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed;
  std::int32_t parent;
};

constexpr std::uint64_t kExecute = 1U << 0U;
constexpr std::uint64_t kWriteFile = 1U << 1U;
constexpr std::uint64_t kReadFile = 1U << 2U;
constexpr std::uint64_t kReadDirectory = 1U << 3U;
constexpr std::uint64_t kTruncate = 1U << 14U;

std::uint64_t all_rights(long version) {
  std::uint64_t rights = (1U << 13U) - 1;  // version 1
  if (version >= 2) rights |= 1U << 13U;   // to link or move elsewhere
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= 1U << 15U;  // ioctl() of devices
  return rights;
}

void allow(int ruleset, const std::string& path, std::uint64_t rights) {
  const common::UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) return;  // not on this machine
  struct stat about{};
  if (::fstat(fd.get(), &about) < 0) common::throw_errno("fstat(" + path + ")");
  if (!S_ISDIR(about.st_mode)) {
    rights &= kExecute | kWriteFile | kReadFile | kTruncate;
  }
  const PathBeneath rule{rights, fd.get()};
  if (::syscall(kAddRule, ruleset, kRulePathBeneath, &rule, 0) < 0) {
    common::throw_errno("landlock_add_rule(" + path + ")");
  }
}

// --- The filter
// ----------------------------------------------------------------

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kFirstForeignCall = 0x40000000;  // x32
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kFirstForeignCall = 0xffffffff;
#else
constexpr std::uint32_t kArchitecture = 0;
constexpr std::uint32_t kFirstForeignCall = 0;
#endif

constexpr std::uint32_t refuse(int error) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    unless_equal(kArchitecture, SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
    code_.push_back(
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kFirstForeignCall, 0, 1));
    give(SECCOMP_RET_KILL_PROCESS);
  }

  void answer(long call, std::uint32_t verdict) {
    if_equal(static_cast<std::uint32_t>(call), 1);
    give(verdict);
  }
  // Refused unless the lower half of an argument has one of the values.
  void only_with(long call, unsigned argument,
                 const std::vector<std::uint32_t>& values) {
    const std::size_t size = 1 + 2 * values.size() + 1;
    if_equal(static_cast<std::uint32_t>(call), static_cast<std::uint8_t>(size));
    load(argument_at(argument));
    for (const std::uint32_t value : values) {
      if_equal(value, 1);
      give(SECCOMP_RET_ALLOW);
    }
    give(refuse(EPERM));
  }
  // Refused if the lower half of an argument has one of the values.
  void refuse_with(long call, unsigned argument,
                   const std::vector<std::uint32_t>& values) {
    const std::size_t size = 1 + 2 * values.size() + 1;
    if_equal(static_cast<std::uint32_t>(call), static_cast<std::uint8_t>(size));
    load(argument_at(argument));
    for (const std::uint32_t value : values) {
      if_equal(value, 1);
      give(refuse(EPERM));
    }
    give(SECCOMP_RET_ALLOW);
  }
  // Refused when one of the bits is set.
  void without_bits(long call, unsigned argument, std::uint32_t bits) {
    if_equal(static_cast<std::uint32_t>(call), 4);
    load(argument_at(argument));
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
    give(refuse(EPERM));
    give(SECCOMP_RET_ALLOW);
  }
  void otherwise(std::uint32_t verdict) { give(verdict); }

  sock_fprog program() {
    return {static_cast<unsigned short>(code_.size()), code_.data()};
  }

 private:
  static std::uint32_t argument_at(unsigned argument) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) +
                                      sizeof(std::uint64_t) * argument);
  }
  void load(std::size_t offset) {
    code_.push_back(
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  void if_equal(std::uint32_t value, std::uint8_t else_skip) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, else_skip));
  }
  void unless_equal(std::uint32_t value, std::uint32_t verdict) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0));
    give(verdict);
  }
  void give(std::uint32_t verdict) {
    code_.push_back(BPF_STMT(BPF_RET | BPF_K, verdict));
  }

  std::vector<sock_filter> code_;
};

// Calls that a program which computes something does not need.
const std::vector<long> kRefused = {
    // Other processes.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
    438,  // pidfd_getfd
    440,  // process_madvise
    448,  // process_mrelease
    // Namespaces and mounts.
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
    428, 429, 430, 431, 432, 442,  // open_tree ... fspick, mount_setattr
    // Ways around this filter, or into the kernel.
    425, 426, 427,  // io_uring
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_init_module,
    SYS_finit_module, SYS_kexec_load, SYS_add_key, SYS_request_key, SYS_keyctl,
    SYS_open_by_handle_at,
    // Things that outlive the program.
    SYS_shmget, SYS_msgget, SYS_semget, SYS_mq_open};

// These could slow down others. For the program itself they are no matter of
// right or wrong, so they succeed without an effect.
const std::vector<long> kWithoutEffect = {
    SYS_setpriority, SYS_sched_setscheduler, SYS_sched_setparam,
    SYS_sched_setattr, SYS_sched_setaffinity};

// Changes to files that Landlock does not check. Linkers need them.
const std::vector<long> kModes = {
#ifdef SYS_chmod
    SYS_chmod,       SYS_chown,        SYS_lchown,
    SYS_utime,       SYS_utimes,       SYS_futimesat,
#endif
    SYS_truncate,    SYS_fchmodat,     SYS_fchownat,
    SYS_utimensat,   SYS_setxattr,     SYS_lsetxattr,
    SYS_removexattr, SYS_lremovexattr, 452};  // fchmodat2

constexpr std::uint32_t kNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
    CLONE_NEWUTS | CLONE_NEWCGROUP;

int install(bool may_change_modes, bool may_signal, std::uint32_t on_socket,
            unsigned flags) {
  Filter filter;
  filter.answer(SYS_socket, on_socket);
  // The C library then uses clone(), whose flags the filter can see.
  filter.answer(435, refuse(ENOSYS));  // clone3
  for (const long call : kRefused) filter.answer(call, refuse(EPERM));
  if (!may_change_modes) {
    for (const long call : kModes) filter.answer(call, refuse(EPERM));
  }
  filter.without_bits(SYS_clone, 0, kNamespaces);
  const auto self = static_cast<std::uint32_t>(::getpid());
  for (const long call : kWithoutEffect) filter.answer(call, refuse(0));
  if (!may_signal) {
    filter.only_with(SYS_kill, 0, {self});
    filter.only_with(SYS_tgkill, 0, {self});
    filter.only_with(SYS_tkill, 0, {self});
    filter.answer(SYS_rt_sigqueueinfo, refuse(EPERM));
    filter.answer(SYS_rt_tgsigqueueinfo, refuse(EPERM));
    filter.answer(424, refuse(EPERM));  // pidfd_send_signal
    // A descriptor sends signals to its owner.
    filter.refuse_with(SYS_fcntl, 1, {F_SETOWN, F_SETOWN_EX});
    filter.refuse_with(SYS_ioctl, 1, {FIOSETOWN, SIOCSPGRP});
  }
  // Hides memory from the jail.
  filter.refuse_with(SYS_prctl, 0, {PR_SET_DUMPABLE});
  filter.only_with(SYS_prlimit64, 0, {0, self});
  filter.otherwise(SECCOMP_RET_ALLOW);
  const sock_fprog program = filter.program();
  return static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

}  // namespace

bool confine_files(const Reach& reach) {
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  if (version < 0) common::throw_errno("landlock_create_ruleset()");
  Ruleset ruleset{all_rights(version), 0, 0};
  std::size_t size = sizeof ruleset.files;
  if (version >= 4) {
    ruleset.network = 3;  // bind and connect
    size += sizeof ruleset.network;
  }
  if (version >= 6) {
    ruleset.scoped = 3;  // abstract sockets and signals
    size += sizeof ruleset.scoped;
  }
  const common::UniqueFd rules(
      static_cast<int>(::syscall(kCreateRuleset, &ruleset, size, 0)));
  if (!rules) common::throw_errno("landlock_create_ruleset()");
  for (const std::string& path : reach.read) {
    allow(rules.get(), path, kExecute | kReadFile | kReadDirectory);
  }
  for (const std::string& path : reach.write) {
    allow(rules.get(), path, ruleset.files);
  }
  for (const char* const device :
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    allow(rules.get(), device, kReadFile | kWriteFile | kTruncate);
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
    common::throw_errno("prctl(PR_SET_NO_NEW_PRIVS)");
  }
  if (::syscall(kRestrictSelf, rules.get(), 0) < 0) {
    common::throw_errno("landlock_restrict_self()");
  }
  return ruleset.scoped != 0;
}

int confine_calls(bool may_change_modes, bool may_signal) {
  if (kArchitecture == 0) {
    errno = ENOSYS;
    common::throw_errno("seccomp(): no filter for this kind of machine");
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
    common::throw_errno("prctl(PR_SET_NO_NEW_PRIVS)");
  }
  const int listener =
      install(may_change_modes, may_signal, SECCOMP_RET_USER_NOTIF,
              SECCOMP_FILTER_FLAG_NEW_LISTENER);
  if (listener >= 0) return listener;
  if (install(may_change_modes, may_signal, refuse(EACCES), 0) < 0) {
    common::throw_errno("seccomp()");
  }
  return -1;
}

bool refuse_socket(int listener) {
  seccomp_notif call;  // the kernel wants every byte to be zero
  std::memset(&call, 0, sizeof call);
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) return false;
  seccomp_notif_resp answer;
  std::memset(&answer, 0, sizeof answer);
  answer.id = call.id;
  answer.error = -EACCES;
  ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  const std::uint64_t family = call.data.args[0];
  return family == AF_INET || family == AF_INET6;
}

}  // namespace grader

#else

namespace grader {

namespace {
[[noreturn]] void throw_not_here(const char* what) {
  throw std::system_error(ENOSYS, std::generic_category(), what);
}
}  // namespace

bool confine_files(const Reach& /*reach*/) { throw_not_here("Landlock"); }
int confine_calls(bool /*may_change_modes*/, bool /*may_signal*/) {
  throw_not_here("seccomp");
}
bool refuse_socket(int /*listener*/) { return false; }

}  // namespace grader

#endif
