#!/usr/bin/env bash
# Runs clang-tidy 14 over src/ with the rules of .clang-tidy, on all cores; fails if it finds anything.
#
#   cmake/tidy.sh [FILE...]     FILE: a source below src/; default: all of them
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")

"$here/install_deps.sh" build test bench tools
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$here/common.sh"

mkdir -p "$root/build"
log="$root/build/tidy.log"
: >"$log"
(cd "$root" && quietly "$log" cmake --preset dev -DCMAKE_EXPORT_COMPILE_COMMANDS=ON) ||
  fail "Configuring failed; the end of build/tidy.log is above."

files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
  mapfile -t files < <(find "$root/src" -name '*.cpp' | sort)
fi

# The compile commands are those of g++, some of whose warnings clang does not know; clang-tidy has its own.
echo "Checking ${#files[@]} files (output in build/tidy.log) ..." >&2
if ! printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$cores" clang-tidy-14 --quiet -p "$root/build/dev" \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-everything >>"$log" 2>&1; then
  grep -E '(warning|error):' "$log" | sort -u >&2 || tail -n 20 "$log" >&2
  fail "clang-tidy has findings; build/tidy.log shows them in full."
fi
