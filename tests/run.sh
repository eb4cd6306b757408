#!/usr/bin/env bash
# Builds and runs every test; the last line is the summary.
#
#   tests/run.sh                 the optimised build; with CI=1 before it, warnings are errors
#   tests/run.sh --sanitizers    the same tests under the address and undefined behaviour sanitizers, by clang and with
#                                the fuzz targets beside them where there is clang 14, else by g++
#   tests/run.sh --threads       the same tests under the thread sanitizer
#
# Installs what is missing (as root). A further argument -R PATTERN runs the tests with such names.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")

preset=dev
selection=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --sanitizers) preset=sanitizers ;;
    --threads) preset=tsan ;;
    -R)
      selection=(-R "${2:?tests/run.sh: -R needs a pattern}")
      shift
      ;;
    -h | --help)
      sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *)
      echo "tests/run.sh: unknown argument $1; see tests/run.sh --help" >&2
      exit 2
      ;;
  esac
  shift
done

# The benches are built too, so that they do not rot.
groups=(build test bench)
[[ $preset != sanitizers ]] || groups+=(fuzz)
"$root/cmake/install_deps.sh" "${groups[@]}"
if [[ $preset == sanitizers ]]; then
  preset=asan
  if command -v clang-14 >/dev/null && command -v clang++-14 >/dev/null; then preset=fuzz; fi
fi
# shellcheck source-path=SCRIPTDIR source=../cmake/common.sh
source "$root/cmake/common.sh"
build_preset "$preset"

log="$root/build/$preset.ctest.log"
cd "$root"
status=0
ctest --preset "$preset" -j "$cores" ${selection[@]+"${selection[@]}"} 2>&1 | tee "$log" |
  grep --line-buffered -vE '^ +Start +[0-9]+: |^$|% tests passed' || status=$?
grep -E '^[0-9]+% tests passed' "$log" || fail "ctest did not come to an end; its output is in build/$preset.ctest.log."
exit "$status"
