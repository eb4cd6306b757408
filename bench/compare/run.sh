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

# The environment is made again only when the requirements change.
venv="$out/venv"
python=()
make_venv() {
  cmp -s "$here/requirements.txt" "$venv/requirements.txt" && return
  rm -rf "$venv"
  python3 -m venv "$venv" && "$venv/bin/pip" install --disable-pip-version-check -r "$here/requirements.txt" &&
    cp "$here/requirements.txt" "$venv/requirements.txt"
}
echo "Preparing the Python peers (output in build/bench/venv.log) ..." >&2
if make_venv >"$out/venv.log" 2>&1 </dev/null; then
  python=(--python "$venv/bin/python")
else
  echo "The Python peers are not available; see build/bench/venv.log." >&2
fi

results="$out/compare.json"
: >"$out/compare.log"
python3 "$here/drive.py" --root "$root" --programs "$root/build/release/bench/compare" --out "$results" \
  ${python[@]+"${python[@]}"} "$@"
python3 "$here/report.py" "$results" "$out"
