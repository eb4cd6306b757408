// Nothing but the header, so that it is compiled once; see tests/CMakeLists.txt.

#include "support/catch.hpp"
