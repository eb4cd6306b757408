#!/usr/bin/env bash
# From files to cited answers, offline and without a model: `bench/run.sh rag`.
#
# Test collections are those of $SCAUP_SHARED_DATA/collections; without them their rows are skipped. Answers are made on
# one core. Writes build/bench/rag.md and .tsv, and prints the first.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")

"$root/cmake/install_deps.sh" build bench
# shellcheck source-path=SCRIPTDIR source=../../cmake/common.sh
source "$root/cmake/common.sh"
build_preset release -DSCAUP_BUILD_TESTS=OFF -DSCAUP_BUILD_EXAMPLES=OFF -- bench_rag

out="$root/build/bench"
rm -rf "${out:?}/rag"
mkdir -p "$out/rag"
trap 'rm -rf "$out/rag"' EXIT
collections=()
if [[ -d ${SCAUP_SHARED_DATA-}/collections ]]; then
  collections=("$SCAUP_SHARED_DATA/collections")
else
  echo "SCAUP_SHARED_DATA names no folder with collections; answers are skipped." >&2
fi
"$root/build/release/bench/rag/bench_rag" "$out/rag" ${collections[@]+"${collections[@]}"} >"$out/rag.lines"
python3 "$here/report.py" "$out/rag.lines" "$out"
rm -f "$out/rag.lines"
