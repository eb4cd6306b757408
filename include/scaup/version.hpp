#pragma once
// The version of the library. CMake reads these three lines: they are the only place it is written.

#define SCAUP_VERSION_MAJOR 0
#define SCAUP_VERSION_MINOR 1
#define SCAUP_VERSION_PATCH 0
