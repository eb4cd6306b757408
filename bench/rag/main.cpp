// bench_rag WORK_FOLDER [COLLECTIONS]: prints `name<TAB>value` lines. See figures.hpp.

#include <cstdio>
#include <exception>

#include "figures.hpp"

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("usage: bench_rag WORK_FOLDER [COLLECTIONS]\n", stderr);
    return 2;
  }
  try {
    scaup::bench::measure_sync(arguments[1]);
    if (count > 2) scaup::bench::measure_answers(arguments[2]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_rag: %s\n", error.what());
    return 1;
  }
}
