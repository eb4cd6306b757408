#!/usr/bin/env bash
# Measures one part and prints a Markdown table of medians.
#
#   bench/run.sh PART [BENCHMARK_OPTION...]     parts: kernels
#   bench/run.sh compare [--quick] [OPTION...]  scaup and its peers; compare/drive.py --help has the options
#   bench/run.sh storage [--quick]              databases in a folder, beside bare writes and SQLite
#   bench/run.sh net [--quick]                  providers over HTTP, against a server on this machine
#   bench/run.sh quality [--quick]              rankings on test collections; keyword search beside its peers
#   bench/run.sh rag                            from files to cited answers, offline
#   bench/run.sh calibrate                      measures the planner's costs and writes src/engine/plan_costs.hpp
#
# Installs what is missing (as root) and builds the release preset. The figures that have a name are also
# written to build/bench/PART.tsv, a line `name<TAB>value` each; report.py has the list. Further arguments go
# to Google Benchmark, for example --benchmark_filter=scan; the figures then go to PART.partial.tsv.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")

part=${1-}
case "$part" in
  compare)
    shift
    exec "$here/compare/run.sh" "$@"
    ;;
  storage)
    shift
    exec "$here/storage/run.sh" "$@"
    ;;
  net)
    shift
    exec "$here/net/run.sh" "$@"
    ;;
  quality)
    shift
    exec "$here/quality/run.sh" "$@"
    ;;
  rag)
    shift
    exec "$here/rag/run.sh" "$@"
    ;;
  calibrate) programs=(calibrate) ;;
  kernels) programs=(bench_kernels bench_query bench_add bench_embedding bench_chunking) ;;
  *)
    sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    [[ $part == -h || $part == --help ]] && exit 0
    exit 2
    ;;
esac
shift

"$root/cmake/install_deps.sh" build bench
# shellcheck source-path=SCRIPTDIR source=../cmake/common.sh
source "$root/cmake/common.sh"
build_preset release -DSCAUP_BUILD_TESTS=OFF -DSCAUP_BUILD_EXAMPLES=OFF -- "${programs[@]}"

out="$root/build/bench"
mkdir -p "$out"
if [[ $part == calibrate ]]; then
  "$root/build/release/bench/calibrate" >"$out/plan_costs.hpp"
  cp "$out/plan_costs.hpp" "$root/src/engine/plan_costs.hpp"
  cat "$root/src/engine/plan_costs.hpp"
  exit
fi
: >"$out/$part.log"
results=()
for program in "${programs[@]}"; do
  echo "Measuring $program ..." >&2
  result="$out/$program.json"
  rm -f "$result"
  # Programs run in the source folder, where they find docs/ and models/.
  (cd "$root" && quietly "$out/$part.log" "$root/build/release/bench/$program" --benchmark_repetitions=5 \
    --benchmark_min_time=0.1 --benchmark_out_format=json --benchmark_out="$result" "$@") ||
    fail "$program failed; the end of build/bench/$part.log is above."
  # A filter of the caller's may leave a program without any benchmark, and so without results.
  [[ ! -s $result ]] || results+=("$result")
done
# With a filter some figures are missing on purpose; the file of a whole run stays as it is then.
tsv="$out/$part.tsv"
[[ $# -eq 0 ]] || tsv="$out/$part.partial.tsv"
python3 "$here/report.py" "$part" "$tsv" ${results[@]+"${results[@]}"} || [[ $# -gt 0 ]]
