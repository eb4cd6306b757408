#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each of them; one line a target, then a summary.
#
#   tests/fuzz.sh                       100,000 runs of each target
#   tests/fuzz.sh RUNS [TARGET...]      so many runs, of all targets or of these (filter, log, ...)
#
# A target may use 1 GiB of memory and 10 seconds an input. Findings are kept in build/fuzz/findings, and fail the run.
# Seeds are in tests/fuzz/corpus; runs begin from a fixed seed of the random numbers, 1, or that in SCAUP_FUZZ_SEED.
# Installs what is missing (as root). Where clang cannot be had the targets are skipped, and the script says so.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")

runs=${1:-100000}
if [[ ! $runs =~ ^[0-9]+$ ]]; then
  sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
shift || true

"$root/cmake/install_deps.sh" build test fuzz  # the tests are configured with the targets
for compiler in clang-14 clang++-14; do
  if ! command -v "$compiler" >/dev/null; then
    echo "fuzz: skipped: there is no $compiler (package clang-14)"
    exit 0
  fi
done

# shellcheck source-path=SCRIPTDIR source=../cmake/common.sh
source "$root/cmake/common.sh"

names=("$@")
if [[ ${#names[@]} -eq 0 ]]; then
  for source in "$here"/fuzz/fuzz_*.cpp; do
    name=$(basename "$source" .cpp)
    names+=("${name#fuzz_}")
  done
fi
build_preset fuzz -- "${names[@]/#/fuzz_}"

# Targets allocate and free all the time: long histories of that cost two thirds of the runs.
export ASAN_OPTIONS=${ASAN_OPTIONS-malloc_context_size=1:quarantine_size_mb=16}

# run_target NAME: one line on the result; fails if there is a finding.
run_target() {
  local name=$1 started=$SECONDS log=$root/build/fuzz/$1.log
  local corpus=$root/build/fuzz/corpus/$1 findings=$root/build/fuzz/findings/$1
  rm -rf "$corpus"
  mkdir -p "$corpus" "$findings"
  [[ ! -d $here/fuzz/corpus/$name ]] || cp -r "$here/fuzz/corpus/$name/." "$corpus"
  if ! "$root/build/fuzz/tests/fuzz/fuzz_$name" -runs="$runs" -seed="${SCAUP_FUZZ_SEED:-1}" -rss_limit_mb=1024 \
    -malloc_limit_mb=1024 -timeout=10 -artifact_prefix="$findings/" "$corpus" >"$log" 2>&1; then
    echo "fuzz $name: FINDING, see build/fuzz/$name.log and build/fuzz/findings/$name"
    return 1
  fi
  local coverage
  coverage=$(sed -nE 's/.*DONE +cov: ([0-9]+).*/\1/p' "$log" | tail -n 1)
  echo "fuzz $name: $runs runs, no finding, ${coverage:-?} edges, $((SECONDS - started)) s"
}

# As many at once as there are cores.
export -f run_target
export root here runs
if printf '%s\n' "${names[@]}" | xargs -P "$cores" -I '{}' bash -c 'set -euo pipefail; run_target {}'; then
  echo "fuzz: ${#names[@]} targets, no finding"
else
  fail "fuzz: ${#names[@]} targets, some with findings"
fi
