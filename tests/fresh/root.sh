# A clean Debian in a folder, in which other scripts try what we promise. They
# read this file; then there are
#
#   $repository  ours; $root: the folder; $work: one for anything else
#   need TOOL... to name what this machine lacks
#   base_system SUITE [PACKAGE]  makes $root, and says how long it took
#   clone FOLDER                 puts what is committed into a folder in $root
#   isolate COMMAND...           in namespaces of its own
#   in_root COMMAND...           the same, with $root as the whole world
#   fail, seconds, now
#
# An interrupt removes everything.
# shellcheck shell=bash
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

need() {
  local tool
  [ "$(id -u)" -eq 0 ] ||
    fail "a root file system is made by root alone: sudo tests/fresh/${0##*/}"
  for tool in "$@"; do
    command -v "$tool" >/dev/null ||
      fail "$tool is missing: apt-get install $tool"
  done
  "${isolated[@]}" true ||
    fail 'root may not make namespaces and mounts here (CAP_SYS_ADMIN)'
}

# Everything that runs in the root runs in a separate process and mount
# namespace: when the first process there ends, in whatever way, so do the
# others, and nothing stays mounted.
isolated=(unshare --mount --pid --fork --kill-child=KILL)

# --- The mirror: this machine's own ------------------------------------------

# Prints the address of the archive that apt on this machine uses.
mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
    'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1
}

archive=$(mirror)
if [ -z "$archive" ]; then
  apt-get update -qq
  archive=$(mirror)
fi
[ -n "$archive" ] || fail 'apt on this machine knows no archive of Debian'

eval "$(apt-config shell apt_proxy Acquire::http::Proxy)"
proxy=${http_proxy-${apt_proxy-}}
if [ -n "$proxy" ]; then export http_proxy=$proxy; fi

# --- The root ------------------------------------------------------------------

work=$(mktemp -d "${TMPDIR:-/tmp}/fresh-debian.XXXXXX")
root=$work/root
running=''

# shellcheck disable=SC2317
clean_up() {
  if [ -n "$running" ]; then
    kill -KILL "$running" 2>/dev/null || true
    # The namespace has ended when no process uses its root any more.
    wait "$running" 2>/dev/null || true
  fi
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Runs a command in the namespaces, so that a signal ends both it and us.
isolate() {
  local status=0
  "${isolated[@]}" "$@" </dev/null &
  running=$!
  wait "$running" || status=$?
  running=''
  return "$status"
}

# Minutes and seconds since the script began.
now() { printf '%d min %02d s' $((SECONDS / 60)) $((SECONDS % 60)); }
seconds() { printf '%4d s  %s\n' "$1" "$2"; }

# --- Making it -----------------------------------------------------------------

# The base system alone.
make_base() {
  debootstrap --variant=minbase ${include:+"--include=$include"} "$suite" \
    "$root" "$archive" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    return 1
  }
  [ -z "$proxy" ] || printf 'Acquire::http::Proxy "%s";\n' "$proxy" \
    >"$root/etc/apt/apt.conf.d/90proxy"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
}

base_system() {
  suite=$1 include=${2-}
  echo "A base system of Debian $suite ..."
  export -f make_base
  export suite include root archive work proxy
  isolate bash -euc make_base || fail 'the base system could not be made'
  seconds "$SECONDS" 'base system' >"$work/times"
}

# What is committed. With sudo, our repository belongs to another user, which
# git has to be told.
clone() {
  printf '[safe]\n  directory = *\n' >"$work/gitconfig"
  GIT_CONFIG_GLOBAL=$work/gitconfig git clone --quiet --depth 1 \
    "file://$repository" "$root$1"
}

# The mounts of an ordinary machine; then the folder becomes the root, as in a
# container. $1: it; the rest: the command.
# shellcheck disable=SC2016
enter='
  mount --rbind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount -t sysfs -o ro sysfs "$1/sys" || true
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts" &&
    mount --bind "$1/dev/pts/ptmx" "$1/dev/ptmx" || true
  mount -t tmpfs tmpfs "$1/dev/shm" || true
  cd "$1"
  shift
  mkdir -p .old
  pivot_root . .old
  exec chroot . /bin/sh -c "umount -l /.old && exec \"\$@\"" sh "$@"'

in_root() { isolate bash -ec "$enter" bash "$root" "$@"; }
