#pragma once
// What the compiler has to know and nothing else: symbol visibility.

/// Marks a symbol that is part of the interface; everything else in the library is hidden.
#define SCAUP_API __attribute__((visibility("default")))
