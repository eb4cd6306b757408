#!/usr/bin/env bash
# An application without CMake: build.sh COMPILER PREFIX FOLDER builds it in FOLDER and runs it.
set -euo pipefail
compiler=$1 prefix=$2 folder=$3
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name scaup.pc)")
export PKG_CONFIG_PATH
mkdir -p "$folder"
# shellcheck disable=SC2046  # the words are separate arguments
"$compiler" -std=c++20 "$here/../main.cpp" -o "$folder/app" $(pkg-config --cflags --libs --static scaup)
"$folder/app"
