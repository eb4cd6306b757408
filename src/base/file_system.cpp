// The destructors of the file interfaces, which anchor their tables of virtual functions here, and what they do unless
// overridden.

#include "scaup/file_system.hpp"

namespace scaup::inline v0 {

ReadableFile::~ReadableFile() = default;
WritableFile::~WritableFile() = default;
void WritableFile::start_writeback(std::uint64_t /*offset*/, std::uint64_t /*size*/) noexcept {}
FileLock::~FileLock() = default;
FileSystem::~FileSystem() = default;

}  // namespace scaup::inline v0
