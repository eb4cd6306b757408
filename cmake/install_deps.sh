#!/usr/bin/env bash
# Installs the Debian packages that scaup needs and this machine lacks; silent when nothing is missing.
#
#   cmake/install_deps.sh [build] [test] [fuzz] [bench] [compare] [tools]     (default: build test)
#
# As root it installs. Otherwise it changes nothing, names what is missing and the command that installs
# it, and fails. A program counts as present wherever it comes from, a library if its package is there.
set -euo pipefail

# "program:package" for programs, "package" for libraries. Optional ones speed things up or let more tests
# run; they are installed with the rest but never demanded.
required=()
optional=()

add_group() {
  case "$1" in
    build)
      required+=(cmake:cmake ninja:ninja-build g++:g++ pkg-config:pkg-config
        libhwy-dev libsimdjson-dev libroaring-dev libhnswlib-dev libre2-dev libutf8proc-dev libstemmer-dev libgumbo-dev
        libxxhash-dev libssl-dev libzstd-dev libcurl4-openssl-dev)
      optional+=(ccache:ccache)
      ;;
    test)
      required+=(catch2 python3:python3 nm:binutils zlib1g-dev openssl:openssl)
      optional+=(python3-venv nginx:nginx-light pdftotext:poppler-utils)
      ;;
    fuzz) optional+=(clang++-14:clang-14 libclang-rt-14-dev) ;;
    bench) required+=(libbenchmark-dev python3:python3) ;;
    compare)
      required+=(libbenchmark-dev python3:python3 libhnswlib-dev)
      optional+=(python3-venv libsqlite3-dev libxapian-dev)
      ;;
    tools)
      required+=(clang++-14:clang-14 clang-tidy-14:clang-tidy-14 clang-format-14:clang-format-14 libclang-rt-14-dev)
      ;;
    *)
      echo "install_deps.sh: unknown group '$1'; known are build, test, fuzz, bench, compare, tools" >&2
      exit 2
      ;;
  esac
}

# Sets `missing` to the packages of the entries in "$@" that are not there.
find_missing() {
  missing=()
  local entry
  for entry in "$@"; do
    if [[ $entry == *:* ]]; then
      command -v "${entry%%:*}" >/dev/null 2>&1 || missing+=("${entry#*:}")
    elif ! dpkg-query -W -f='${db:Status-Status}\n' "$entry" 2>/dev/null | grep -qx installed; then
      missing+=("$entry")
    fi
  done
}

# apt_get LOG ARGUMENT...: waits for another apt rather than failing beside it.
apt_get() {
  local log=$1
  shift
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null
}

install_packages() {
  local log
  log=$(mktemp)
  echo "Installing packages: $*" >&2
  # A failed update is not the end: the lists at hand may do.
  apt_get "$log" update || true
  if ! apt_get "$log" install -y --no-install-recommends "$@"; then
    tail -n 20 "$log" >&2
    echo "install_deps.sh: apt-get could not install: $* (full output: $log)" >&2
    exit 1
  fi
  rm -f "$log"
}

[[ $# -gt 0 ]] || set -- build test
for group in "$@"; do add_group "${group#--}"; done

if ! command -v dpkg-query >/dev/null 2>&1; then
  # Not Debian: CMake will say what it does not find.
  echo "install_deps.sh: no dpkg here, so nothing is checked or installed; needed are: ${required[*]##*:}" >&2
  exit 0
fi

find_missing "${required[@]}"
needed=("${missing[@]}")
find_missing ${optional[@]+"${optional[@]}"}
wanted=("${missing[@]}")

if [[ $(id -u) -eq 0 ]]; then
  [[ ${#needed[@]} -eq 0 && ${#wanted[@]} -eq 0 ]] && exit 0
  install_packages "${needed[@]}" "${wanted[@]}"
elif [[ ${#needed[@]} -gt 0 ]]; then
  echo "Missing packages: ${needed[*]}. Install them as root: apt-get update && apt-get install -y" \
    "--no-install-recommends ${needed[*]}" >&2
  exit 1
fi
