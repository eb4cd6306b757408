#!/usr/bin/env bash
# Rankings on the test collections, and the speed of keyword search beside peers: `bench/run.sh quality [--quick]`.
#
# Test collections are those of $SCAUP_SHARED_DATA/collections; without them the report says "skipped". Makes a virtual
# environment with the Python peers under build/bench/venv-quality; where that fails, their rows say so and the run goes
# on. Options are those of drive.py, for example --only rankings. Writes build/bench/quality.md, .tsv and .json, and
# prints the first; a run of a part, or a quick one, writes quality.partial.* in their place.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")

"$root/cmake/install_deps.sh" build compare
# shellcheck source-path=SCRIPTDIR source=../../cmake/common.sh
source "$root/cmake/common.sh"
build_preset release -DSCAUP_BUILD_TESTS=OFF -DSCAUP_BUILD_EXAMPLES=OFF -- bench_quality

out="$root/build/bench"
mkdir -p "$out/scratch"
rm -rf "${out:?}/scratch/"*
trap 'rm -rf "${out:?}/scratch/"*' EXIT
export SCAUP_BENCH_SCRATCH="$out/scratch"

python_environment venv-quality "$here/requirements.txt"

: >"$out/quality.log"
python3 "$here/drive.py" --programs "$root/build/release/bench/quality" --chunking "$root/build/release/bench/bench_chunking" \
  --out "$out" ${python[@]+"${python[@]}"} "$@"
