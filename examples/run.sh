#!/usr/bin/env bash
# Answers questions about a folder of documents, each sentence with its citation, offline, with the built-in model.
#
#   examples/run.sh                        asks prepared questions about scaup's own docs/
#   examples/run.sh FOLDER ["question"]    asks about a folder of yours
#
# Installs what is missing (as root), builds, and runs the program 10_rag.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")

case "${1-}" in
  -h | --help)
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac
if [[ $# -gt 2 ]]; then
  echo "examples/run.sh takes a folder and one question; put the question in quotes." >&2
  exit 2
fi
if [[ $# -gt 0 && ! -d $1 ]]; then
  echo "examples/run.sh: there is no folder $1" >&2
  exit 2
fi

"$root/cmake/install_deps.sh" build
# shellcheck source-path=SCRIPTDIR source=../cmake/common.sh
source "$root/cmake/common.sh"
# The tests' build, so that who runs both waits for the library once.
build_preset dev -DSCAUP_BUILD_TESTS=OFF -DSCAUP_BUILD_BENCH=OFF -- 10_rag
[[ $# -gt 0 ]] || cd "$root"  # its own docs/
exec "$root/build/dev/examples/10_rag" "$@"
