#!/usr/bin/env bash
# Providers over HTTP, against a server on this machine: `bench/run.sh net [--quick]`.
#
# Writes build/bench/net.md and net.tsv, and prints the first.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")

"$root/cmake/install_deps.sh" build test bench
# shellcheck source-path=SCRIPTDIR source=../../cmake/common.sh
source "$root/cmake/common.sh"
build_preset release -DSCAUP_BUILD_TESTS=ON -DSCAUP_BUILD_EXAMPLES=OFF -- bench_net

mkdir -p "$root/build/bench"
python3 "$here/drive.py" --program "$root/build/release/bench/net/bench_net" --out "$root/build/bench" "$@"
