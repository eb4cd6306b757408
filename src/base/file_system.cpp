// The destructors of the file interfaces, which anchor their tables of virtual functions here.

#include "scaup/file_system.hpp"

namespace scaup::inline v0 {

ReadableFile::~ReadableFile() = default;
WritableFile::~WritableFile() = default;
FileLock::~FileLock() = default;
FileSystem::~FileSystem() = default;

}  // namespace scaup::inline v0
