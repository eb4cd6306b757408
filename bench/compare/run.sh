#!/usr/bin/env bash
# scaup and its peers side by side: `bench/run.sh compare [--quick] [OPTION...]`.
#
# Makes a virtual environment with the Python peers under build/bench/venv; where that fails, their columns say so
# and the run goes on. Options are those of drive.py, for example --sets glove100-60k --peers scaup,hnswlib.
# Writes build/bench/compare.md, .tsv and .svg, and prints the first.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")

"$root/cmake/install_deps.sh" build compare
# shellcheck source-path=SCRIPTDIR source=../../cmake/common.sh
source "$root/cmake/common.sh"
build_preset release -DSCAUP_BUILD_TESTS=OFF -DSCAUP_BUILD_EXAMPLES=OFF -- compare_data compare_hnswlib compare_scaup

out="$root/build/bench"
mkdir -p "$out/scratch"
rm -rf "${out:?}/scratch/"*
export SCAUP_BENCH_SCRATCH="$out/scratch"

python_environment venv "$here/requirements.txt"

results="$out/compare.json"
: >"$out/compare.log"
python3 "$here/drive.py" --root "$root" --programs "$root/build/release/bench/compare" --out "$results" \
  ${python[@]+"${python[@]}"} "$@"
python3 "$here/report.py" "$results" "$out"
