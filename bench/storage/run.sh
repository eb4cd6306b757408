#!/usr/bin/env bash
# Databases in a folder, beside bare writes and SQLite: `bench/run.sh storage [--quick]`.
#
# Works in build/bench/storage, which it removes afterwards. Writes build/bench/storage.md and .tsv, and prints the first.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")

"$root/cmake/install_deps.sh" build compare
# shellcheck source-path=SCRIPTDIR source=../../cmake/common.sh
source "$root/cmake/common.sh"
build_preset release -DSCAUP_BUILD_TESTS=OFF -DSCAUP_BUILD_EXAMPLES=OFF -- bench_storage

out="$root/build/bench"
rm -rf "${out:?}/storage"
mkdir -p "$out/storage"
trap 'rm -rf "$out/storage"' EXIT
python3 "$here/drive.py" --program "$root/build/release/bench/storage/bench_storage" --folder "$out/storage" \
  --out "$out" "$@"
