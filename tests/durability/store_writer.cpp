// A small program over the real file system, run under fault_preload: carries out the trace of operations on the
// database in the folder of its first argument until one fails, and notes in the file of its second how many went well.
// Ends with 0 if all did, 3 after an error of code `io`, 4 after another one.

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "durability/writer_trace.hpp"

using namespace scaup;
using namespace scaup::test;

int main(int, char** arguments) {
  const std::vector<Operation> trace = writer_trace();
  StoreSession session({}, arguments[1]);
  Status done;
  std::size_t count = 0;
  while (count < trace.size()) {
    done = session.run(trace[count]);
    if (!done) break;
    ++count;
    std::ofstream(arguments[2]) << count << '\n';
  }
  static_cast<void>(session.close());
  if (done) return 0;
  std::cerr << to_string(done.error().code()) << ": " << done.error().message() << '\n';
  return done.error().code() == ErrorCode::io ? 3 : 4;
}
