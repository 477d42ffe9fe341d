# Finds what the machine has and what it lacks, and installs that: compilers,
# CMake, libraries, and the book's tools. ./workbook reads this file.
#
# It uses these of ./workbook: say, fail, have, quietly, progress, the colours,
# $book_tools and $may_install.
# shellcheck shell=bash disable=SC2154

gcc_floor=12
clang_floor=16
xcode_floor=16
cmake_floor=3.20
node_floor=18.19

# --- What the machine has --------------------------------------------------------

# at_least 3.25.1 3.20: compares dotted numbers.
at_least() {
  local have_major have_minor need_major need_minor _
  IFS=. read -r have_major have_minor _ <<<"$1"
  IFS=. read -r need_major need_minor _ <<<"$2"
  have_minor=${have_minor%%[!0-9]*}
  [ "$have_major" -gt "$need_major" ] ||
    { [ "$have_major" -eq "$need_major" ] &&
      [ "${have_minor:-0}" -ge "${need_minor:-0}" ]; }
}

# Sets compiler_name, compiler_version and compiler_floor for the command $1.
look_at_compiler() {
  local macros
  compiler_name='' compiler_version='' compiler_floor=''
  have "$1" || return 1
  macros=$(printf '%s\n' 'is __apple_build_version__ __clang_major__' \
    'and __clang_minor__ __GNUC__ __GNUC_MINOR__' |
    "$1" -E -P -x c++ - 2>/dev/null | tr '\n' ' ') || return 1
  # shellcheck disable=SC2086
  set -- $macros
  [ $# -eq 7 ] || return 1
  case $2,$3 in
    [0-9]*,[0-9]*)
      compiler_name="Xcode's Clang" compiler_version=$3.$5
      compiler_floor=$xcode_floor
      ;;
    *,[0-9]*)
      compiler_name=Clang compiler_version=$3.$5 compiler_floor=$clang_floor
      ;;
    *)
      compiler_name=GCC compiler_version=$6.$7 compiler_floor=$gcc_floor
      ;;
  esac
}

# Sets compiler to the first one that is new enough; if there is none, sets
# old_compiler to a line about one that is too old. Sets probe to either of
# them, to look for headers.
find_compiler() {
  local candidate
  compiler='' old_compiler='' probe=''
  for candidate in ${CXX:-c++ g++ clang++ g++-15 g++-14 g++-13 g++-12 \
    clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++-16}; do
    look_at_compiler "$candidate" || continue
    if at_least "$compiler_version" "$compiler_floor"; then
      compiler=$candidate probe=$candidate
      return 0
    fi
    [ -n "$old_compiler" ] || probe=$candidate
    [ -n "$old_compiler" ] || old_compiler="$compiler_name $compiler_version \
($candidate) is too old: $compiler_name $compiler_floor or newer is needed"
  done
  return 1
}

find_cmake() {
  cmake_version=$(cmake --version 2>/dev/null | sed -n '1s/.*version //p')
  [ -n "$cmake_version" ] && at_least "$cmake_version" "$cmake_floor"
}

# For the headers and libraries of Homebrew; Linux systems need no flags.
include_flag='' library_flag=''
if have brew; then
  brew_prefix=$(brew --prefix)
  include_flag=-I$brew_prefix/include library_flag=-L$brew_prefix/lib
fi

preprocess() {
  "$probe" ${include_flag:+"$include_flag"} -E -P -x c++ -std=c++17 - \
    2>/dev/null
}

has_header() {
  printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" |
    preprocess >/dev/null
}

# Prints the values of the macros $2 in the header $1; nothing if there is none.
header_version() {
  printf '#if __has_include(<%s>)\n#include <%s>\nversion %s\n#endif\n' \
    "$1" "$1" "$2" | preprocess | sed -n 's/^version //p'
}

has_library() { # the library, and a header that comes with it
  local result status
  has_header "$2" || return 1
  result=$(mktemp) || return 1
  printf 'int main() {}\n' |
    "$probe" -x c++ - ${library_flag:+"$library_flag"} -l"$1" \
      -o "$result" 2>/dev/null
  status=$?
  rm -f "$result"
  return "$status"
}

has_fmt() { has_library fmt fmt/core.h; }
has_boost() { has_library boost_program_options boost/program_options.hpp; }
has_json() { has_header nlohmann/json.hpp; }
has_catch2() { has_header catch2/catch_all.hpp || has_header catch2/catch.hpp; }

fmt_version() {
  local number
  number=$(header_version fmt/core.h FMT_VERSION)
  [ -z "$number" ] ||
    printf '%d.%d.%d\n' $((number / 10000)) $((number / 100 % 100)) \
      $((number % 100))
}

boost_version() {
  local number
  number=$(header_version boost/version.hpp BOOST_VERSION)
  [ -z "$number" ] ||
    printf '%d.%d\n' $((number / 100000)) $((number / 100 % 1000))
}

json_version() {
  local macros='NLOHMANN_JSON_VERSION_MAJOR NLOHMANN_JSON_VERSION_MINOR'
  header_version nlohmann/json.hpp "$macros NLOHMANN_JSON_VERSION_PATCH" |
    sed -n '1s/ /./gp'
}

catch2_version() {
  local macros='CATCH_VERSION_MAJOR CATCH_VERSION_MINOR CATCH_VERSION_PATCH'
  {
    header_version catch2/catch_version_macros.hpp "$macros"
    header_version catch2/catch.hpp "$macros"
  } | sed -n '1s/ /./gp'
}

# --- Missing packages ------------------------------------------------------------

# Sets manager to the package manager of this machine, or to nothing.
find_manager() {
  for manager in apt-get dnf pacman brew; do
    if have "$manager"; then return 0; fi
  done
  manager=''
}

# The name of a package: $1 is one of compiler, cmake, ninja, fmt, boost, catch2,
# json, and the things that the book needs.
package_of() {
  case $manager:$1 in
    apt-get:compiler) apt_compiler ;;
    apt-get:ninja | dnf:ninja) echo ninja-build ;;
    # A browser without fonts prints empty pages.
    apt-get:chromium) echo chromium fonts-liberation fonts-dejavu-core ;;
    brew:chromium) echo google-chrome ;;
    brew:node | brew:npm) echo node ;;
    *:node) echo nodejs ;;
    apt-get:fmt) echo libfmt-dev ;;
    apt-get:boost) echo libboost-program-options-dev ;;
    apt-get:json) echo nlohmann-json3-dev ;;
    dnf:json) echo json-devel ;;
    *:json) echo nlohmann-json ;;
    dnf:compiler) echo gcc-c++ ;;
    dnf:fmt) echo fmt-devel ;;
    dnf:boost) echo boost-devel ;;
    dnf:catch2) echo catch-devel ;;
    pacman:compiler) echo gcc ;;
    *) echo "$1" ;;
  esac
}

# On Debian and Ubuntu, g++ is the release's default compiler. Where that is too
# old (Ubuntu 22.04: 11), a newer one has its number in its name.
apt_compiler() {
  local default number
  default=$(apt-cache policy g++ 2>/dev/null |
    sed -n 's/^ *Candidate: *\([0-9]*:\)\{0,1\}\([0-9]*\).*/\2/p')
  if [ -z "$default" ]; then
    # No package lists yet.
    if grep -q jammy /etc/os-release 2>/dev/null; then default=11; fi
  fi
  if [ "${default:-$gcc_floor}" -ge "$gcc_floor" ]; then
    echo g++
    return
  fi
  for number in 14 13; do
    if apt-cache show "g++-$number" >/dev/null 2>&1; then
      echo "g++-$number"
      return
    fi
  done
  echo "g++-$gcc_floor"
}

find_node() {
  node_version=$(node --version 2>/dev/null | sed 's/^v//')
  [ -n "$node_version" ] && at_least "$node_version" "$node_floor"
}

# The browser that prints the book and tests it; book/tools/chromium.mjs looks
# in the same places.
has_chromium() {
  local name
  for name in "${CHROMIUM-}" chromium chromium-browser google-chrome-stable \
    google-chrome /Applications/Chromium.app/Contents/MacOS/Chromium \
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    if [ -n "$name" ] && have "$name"; then return 0; fi
  done
  return 1
}

# Sets missing to the things in $book_needs that the machine lacks.
find_missing_for_book() {
  local thing
  for thing in $book_needs; do
    case $thing in
      node)
        find_node || missing="$missing node"
        have npm || missing="$missing npm"
        ;;
      chromium) has_chromium || missing="$missing chromium" ;;
      *) have "$thing" || missing="$missing $thing" ;;
    esac
  done
}

# Sets missing to the things that the machine lacks. $1 is "run", "check",
# "test" or "book".
find_missing() {
  missing='' node_version=''
  if [ "$1" = book ]; then
    old_compiler='' cmake_version=''
    find_missing_for_book
    return
  fi
  find_compiler || missing="$missing compiler"
  find_cmake || missing="$missing cmake"
  have ninja || have make || missing="$missing ninja"
  if [ -z "$probe" ]; then
    # Without a compiler, there is no telling what it would find: name
    # everything. The package manager skips what is already there.
    missing="$missing fmt boost"
    [ "$1" = run ] || missing="$missing json"
    [ "$1" != test ] || missing="$missing catch2"
    return
  fi
  has_fmt || missing="$missing fmt"
  has_boost || missing="$missing boost"
  [ "$1" = run ] || has_json || missing="$missing json"
  [ "$1" != test ] || has_catch2 || missing="$missing catch2"
}

# Sets install to the command that installs $missing. Returns 1 if nothing on
# this machine can.
find_install_command() {
  local thing packages='' sudo=''
  find_manager
  install=''
  case " $missing " in
    *" compiler "*)
      if [ "$manager" = brew ]; then
        install='xcode-select --install'
        return 1
      fi
      ;;
  esac
  for thing in $missing; do packages="$packages $(package_of "$thing")"; done
  packages=${packages# }
  if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ]; then sudo='sudo '; fi
  case $manager in
    apt-get)
      install="${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y \
--no-install-recommends $packages"
      ;;
    dnf) install="${sudo}dnf install -y $packages" ;;
    pacman) install="${sudo}pacman -S --needed --noconfirm $packages" ;;
    brew) install="brew install $packages" ;;
    *) return 1 ;;
  esac
  fetch_lists=''
  case $manager in
    apt-get) fetch_lists="${sudo}apt-get update" ;;
    pacman)
      [ -e /var/lib/pacman/sync/core.db ] || fetch_lists="${sudo}pacman -Sy"
      ;;
  esac
}

# Makes sure that the machine has everything for $1 (as for find_missing).
need_machine() {
  find_missing "$1"
  [ -n "$missing" ] || return 0

  [ -z "$old_compiler" ] || say "workbook: $old_compiler"
  if [ -n "$cmake_version" ] && ! find_cmake; then
    fail 1 "CMake $cmake_version is too old: $cmake_floor or newer is needed"
  fi
  if [ -n "$node_version" ] && ! find_node; then
    fail 1 "Node.js $node_version is too old: $node_floor or newer is needed"
  fi
  [ -z "$old_compiler" ] || [ -z "${CXX-}" ] ||
    fail 1 'that is the one in the variable CXX: unset it, or name another'

  if ! find_install_command; then
    [ -z "$install" ] || fail 1 "needed: a compiler; to install one: $install"
    fail 1 "needed:$missing; install them (apt-get, dnf, pacman and brew were \
not found)"
  fi
  if [ "$may_install" = no ]; then
    say "workbook: needed:$missing. To install:"
    print_install_commands
    exit 1
  fi
  case $install in
    sudo*)
      if ! have sudo; then
        say "workbook: needed:$missing. There is no sudo here; as root, run:"
        print_install_commands | sed 's/sudo //'
        exit 1
      fi
      ;;
  esac

  say "workbook: needed:$missing"
  if [ -n "$fetch_lists" ]; then
    say "workbook: fetching package lists: $fetch_lists"
    # shellcheck disable=SC2086
    quietly $fetch_lists || fail 1 "'$fetch_lists' failed"
    find_install_command # the lists may know a better compiler
  fi
  say "workbook: installing: $install"
  # shellcheck disable=SC2086
  quietly $install || fail 1 "'$install' failed"
  hash -r

  find_missing "$1"
  [ -z "$missing" ] || fail 1 "still missing after the installation:$missing\
${old_compiler:+ ($old_compiler)}"
}

print_install_commands() {
  [ -z "$fetch_lists" ] || printf '  %s\n' "$fetch_lists"
  printf '  %s\n' "$install"
}

# Installs the packages that the book's tools use, if there is a new list.
need_node_packages() {
  local list=$book_tools/package-lock.json status
  local installed=$book_tools/node_modules/.workbook-lock
  if cmp -s "$list" "$installed"; then return; fi
  if [ "$may_install" = no ]; then
    say 'workbook: needed: the packages of book/tools. To install:'
    say "  npm ci --prefix $book_tools"
    exit 1
  fi
  progress 'installing the packages of book/tools with npm'
  quietly npm ci --prefix "$book_tools" --no-audit --no-fund
  status=$?
  progress_done
  [ "$status" -eq 0 ] || fail 1 'npm ci failed in book/tools (see above)'
  cp "$list" "$installed"
}

# --- The lines of ./workbook doctor ---

finding() { # name, version or nothing, what to do, "optional" or nothing
  if [ -n "$2" ]; then
    printf '  %sok%s       %-22s %s\n' "$green" "$plain" "$1" "$2"
  elif [ -n "${4-}" ]; then
    printf '  -        %-22s not found (optional): %s\n' "$1" "$3"
  else
    printf '  %smissing%s  %-22s %s\n' "$red" "$plain" "$1" "$3"
  fi
}

command_doctor() {
  local found
  find_manager
  find_missing test
  found=''
  if [ -n "$compiler" ]; then
    look_at_compiler "$compiler"
    found="$compiler_name $compiler_version ($compiler)"
  fi
  finding 'C++ compiler' "$found" \
    "${old_compiler:-needed: GCC $gcc_floor, Clang $clang_floor or newer}"
  found=''
  if find_cmake; then found=$cmake_version; fi
  finding CMake "$found" "${cmake_version:+$cmake_version is too old; }needed: \
$cmake_floor or newer"
  found=$(ninja --version 2>/dev/null)
  if have make; then
    finding Ninja "$found" 'builds faster than make' optional
  else
    finding Ninja "$found" 'needed: Ninja or make'
  fi
  if [ -n "$probe" ]; then
    found=''
    if has_fmt; then found=$(fmt_version); fi
    finding fmt "$found" "needed by every program"
    found=''
    if has_boost; then found=$(boost_version); fi
    finding Boost.Program_options "$found" 'needed by every program'
    finding nlohmann-json "$(json_version)" \
      'needed by "./workbook check" and "test"'
    finding Catch2 "$(catch2_version)" 'needed by "./workbook test"'
  else
    echo '  (libraries: a compiler is needed to look)'
  fi
  finding mold "$(mold --version 2>/dev/null | sed 's/^mold \([^ ]*\).*/\1/')" \
    'links faster' optional
  finding Node.js "$(node --version 2>/dev/null | sed 's/^v//')" \
    "\"./workbook book\" needs $node_floor or newer" optional
  [ -n "$missing" ] || return 0

  printf '\n'
  if find_install_command; then
    printf 'To install what is missing:\n'
    print_install_commands
  elif [ -n "$install" ]; then
    printf 'To install a compiler:\n  %s\n' "$install"
  fi
  return 1
}

