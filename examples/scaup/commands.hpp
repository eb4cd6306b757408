#pragma once
// What the program can do. Each function returns the exit code; failures are exceptions.

#include "arguments.hpp"

int run_info(const Arguments& arguments);
int run_verify(const Arguments& arguments);
int run_export(const Arguments& arguments);
int run_import(const Arguments& arguments);
int run_query(const Arguments& arguments);

/// Text from a database as one line that does nothing to a terminal, at most some hundred bytes of it.
std::string one_line(std::string_view text);
