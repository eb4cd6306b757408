# What the run scripts share; sourced by them with `root` set to the source folder.
# shellcheck shell=bash

: "${root:?common.sh is sourced with root set}"
cores=$(nproc 2>/dev/null || echo 2)
# With ccache where it is there and has a place to keep its files.
if cache=$(ccache -k cache_dir 2>/dev/null) && mkdir -p "$cache" 2>/dev/null && [[ -w $cache ]]; then
  export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
fi

fail() {
  echo "$*" >&2
  exit 1
}

# quietly LOG COMMAND...: the output goes to the file; its end is shown if the command fails.
quietly() {
  local log=$1
  shift
  if ! "$@" >>"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    return 1
  fi
}

# build_preset PRESET [CMAKE_OPTION...] [-- TARGET...]: configures and builds, with all cores. Where CI is set, as
# services for testing do, the warnings of the optimised build are errors; who tries the library out need not care.
build_preset() {
  local preset=$1 options=() targets=()
  shift
  [[ $preset != dev || -z ${CI-} ]] || options+=(-DSCAUP_WERROR=ON)
  while [[ $# -gt 0 && $1 != -- ]]; do
    options+=("$1")
    shift
  done
  [[ $# -eq 0 ]] || targets=("$@")
  [[ ${#targets[@]} -eq 0 ]] || targets=(--target "${targets[@]:1}")

  mkdir -p "$root/build" || fail "Cannot write to $root/build: build in a copy of the sources that you own."
  local log="$root/build/$preset.log"
  { : >"$log"; } 2>/dev/null || fail "Cannot write $log: it belongs to another user; remove the folder build."
  echo "Building ($preset; output in build/$preset.log) ..." >&2
  (cd "$root" && quietly "$log" cmake --preset "$preset" ${options[@]+"${options[@]}"}) ||
    fail "Configuring failed; the end of build/$preset.log is above."
  (cd "$root" && quietly "$log" cmake --build --preset "$preset" -j "$cores" ${targets[@]+"${targets[@]}"}) ||
    fail "Building failed; the end of build/$preset.log is above."
}

# python_environment NAME REQUIREMENTS: sets the array `python` to (--python INTERPRETER) of a virtual environment under
# build/bench with these requirements, or to nothing where it cannot be made. Made again only when they change.
python_environment() {
  local name=$1 requirements=$2 folder="$root/build/bench/$1"
  python=()
  echo "Preparing the Python peers (output in build/bench/$name.log) ..." >&2
  if _make_environment "$folder" "$requirements" >"$folder.log" 2>&1 </dev/null; then
    python=(--python "$folder/bin/python")
  else
    echo "The Python peers are not available; see build/bench/$name.log." >&2
  fi
}

_make_environment() {
  local folder=$1 requirements=$2
  cmp -s "$requirements" "$folder/requirements.txt" && return
  rm -rf "$folder"
  python3 -m venv "$folder" && "$folder/bin/pip" install --disable-pip-version-check -r "$requirements" &&
    cp "$requirements" "$folder/requirements.txt"
}
