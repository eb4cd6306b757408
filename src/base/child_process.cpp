// Processes by posix_spawn, read through pipes with poll.

#include "base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "base/posix_file.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSlice{20};  // how late a stop or a timeout may be seen

Error cannot(std::string_view what, const fs::path& program, int number) {
  return posix_error(std::string(what) + " for", program, number);
}

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

// A descriptor that is none of the three standard ones, which a host may have closed: the child's would be mixed up.
Result<Descriptor> above_standard(Descriptor descriptor, const fs::path& program) {
  if (descriptor.number() > STDERR_FILENO) return descriptor;
  Descriptor higher(::fcntl(descriptor.number(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!higher.is_open()) return cannot("duplicate a pipe", program, errno);
  return higher;
}

Result<Pipe> open_pipe(const fs::path& program) {
  std::array<int, 2> numbers = {-1, -1};
  if (::pipe2(numbers.data(), O_CLOEXEC) != 0) return cannot("open a pipe", program, errno);
  Descriptor read_end(numbers[0]);
  auto write_end = above_standard(Descriptor(numbers[1]), program);
  if (!write_end) return std::move(write_end).error();
  return Pipe{std::move(read_end), *std::move(write_end)};
}

// What the child gets in place of its standard streams, and how its signals stand.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  // 0, or the number of the error.
  int prepare(int output, int errors) noexcept {
    sigset_t none;
    sigset_t to_default;
    sigemptyset(&none);
    sigemptyset(&to_default);
    sigaddset(&to_default, SIGPIPE);  // a host that ignores it must not make the child go on without a reader
    constexpr short kFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    const std::array results = {
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO),
        ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO),
        ::posix_spawnattr_setflags(&attributes_, kFlags),
        ::posix_spawnattr_setpgroup(&attributes_, 0),
        ::posix_spawnattr_setsigmask(&attributes_, &none),
        ::posix_spawnattr_setsigdefault(&attributes_, &to_default),
    };
    const auto failed = std::ranges::find_if(results, [](int result) { return result != 0; });
    return failed == results.end() ? 0 : *failed;
  }

  [[nodiscard]] const posix_spawn_file_actions_t& actions() const noexcept { return actions_; }
  [[nodiscard]] const posix_spawnattr_t& attributes() const noexcept { return attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A started process. Destroyed before its end, it is killed with its group; it never stays as a zombie.
class Child {
 public:
  explicit Child(pid_t number) noexcept : number_(number) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (number_ <= 0) return;
    ::kill(-number_, SIGKILL);
    retry_interrupted([&] { return ::waitpid(number_, nullptr, 0); });
  }

  // Its exit code once it has ended; nothing while it runs.
  Result<std::optional<int>> ended(const fs::path& program) {
    int status = 0;
    const pid_t got = retry_interrupted([&] { return ::waitpid(number_, &status, WNOHANG); });
    if (got == 0) return std::optional<int>();
    number_ = 0;
    if (got < 0) return cannot("wait", program, errno);
    return std::optional(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }

 private:
  pid_t number_;
};

Result<pid_t> spawn(const fs::path& program, const std::vector<std::string>& arguments, int output, int errors) {
  SpawnPlan plan;
  if (const int failure = plan.prepare(output, errors); failure != 0) return cannot("prepare", program, failure);
  std::string name = program.native();
  std::vector<std::string> copies = arguments;  // the system's interface wants them changeable
  std::vector<char*> pointers = {name.data()};
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  pid_t number = 0;
  const int failure =
      ::posix_spawn(&number, program.c_str(), &plan.actions(), &plan.attributes(), pointers.data(), environ);
  if (failure != 0) return posix_error("run", program, failure);
  return number;
}

// Reads both pipes until the child has closed them and ended.
class Conversation {
 public:
  Conversation(const fs::path& program, const ChildLimits& limits, const std::stop_token& stop)
      : program_(program), limits_(limits), stop_(stop), deadline_(deadline_of(limits.timeout)) {}

  Result<ChildResult> run(Child& child, Descriptor output, Descriptor errors) {
    while (output.is_open() || errors.is_open()) {
      if (Status status = check(); !status) return std::move(status).error();
      if (Status status = wait_for_bytes(output, errors); !status) return std::move(status).error();
    }
    for (;;) {
      auto code = child.ended(program_);
      if (!code) return std::move(code).error();
      if (*code) {
        result_.exit_code = **code;
        return std::move(result_);
      }
      if (Status status = check(); !status) return std::move(status).error();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  static Clock::time_point deadline_of(std::chrono::milliseconds timeout) noexcept {
    const auto now = Clock::now();
    const auto longest = std::chrono::floor<std::chrono::milliseconds>(Clock::time_point::max() - now);
    return timeout < longest ? now + timeout : Clock::time_point::max();
  }

  Status check() const {
    const std::string begin = "run \"" + program_.native() + "\": ";
    if (stop_.stop_requested()) return Error(ErrorCode::cancelled, begin + "cancelled through the stop token");
    if (Clock::now() < deadline_) return {};
    return Error(ErrorCode::unavailable,
                 begin + "not done after " + std::to_string(limits_.timeout.count()) + " ms, and stopped");
  }

  Status wait_for_bytes(Descriptor& output, Descriptor& errors) {
    std::array<pollfd, 2> watched = {{{output.number(), POLLIN, 0}, {errors.number(), POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(kSlice.count()));
    if (ready < 0 && errno != EINTR) return cannot("poll", program_, errno);
    if (ready <= 0) return {};
    if (watched[0].revents != 0) {
      if (Status status = read_some(output, result_.output); !status) return status;
    }
    if (watched[1].revents != 0) {
      if (Status status = read_some(errors, result_.errors); !status) return status;
    }
    result_.errors.resize(std::min(result_.errors.size(), kMaxErrorBytes));
    if (result_.output.size() <= limits_.max_output_bytes) return {};
    return Error(ErrorCode::invalid_argument, "run \"" + program_.native() + "\": more than " +
                                                  std::to_string(limits_.max_output_bytes) + " bytes of output");
  }

  // Closes the pipe at its end: poll leaves closed ones out.
  Status read_some(Descriptor& pipe, std::string& out) {
    std::array<char, 65'536> buffer;
    const ssize_t got = retry_interrupted([&] { return ::read(pipe.number(), buffer.data(), buffer.size()); });
    if (got < 0) return cannot("read", program_, errno);
    if (got == 0) {
      const Descriptor closed = std::exchange(pipe, Descriptor());
      return {};
    }
    out.append(buffer.data(), static_cast<std::size_t>(got));
    return {};
  }

  const fs::path& program_;
  const ChildLimits& limits_;
  const std::stop_token& stop_;
  const Clock::time_point deadline_;
  ChildResult result_;
};

bool may_run(const fs::path& file) noexcept {
  struct stat status = {};
  return ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

Result<fs::path> find_program(const fs::path& program) {
  if (Status status = check_path("find program", program); !status) return std::move(status).error();
  if (program.native().find('/') != std::string::npos) {
    if (may_run(program)) return program;
    return Error(ErrorCode::not_found, "find program \"" + program.native() + "\": no such program");
  }
  const char* const variable = std::getenv("PATH");
  std::string_view folders = variable == nullptr ? std::string_view() : std::string_view(variable);
  while (!folders.empty() && !program.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    if (!folder.starts_with('/')) continue;  // the working folder is nobody's choice
    fs::path file = fs::path(folder) / program;
    if (may_run(file)) return file;
  }
  return Error(ErrorCode::not_found, "find program \"" + program.native() + "\": it is in no folder of PATH");
}

Result<ChildResult> run_child(const fs::path& program, const std::vector<std::string>& arguments,
                              const ChildLimits& limits, const std::stop_token& stop) {
  if (Status status = check_path("run", program); !status) return std::move(status).error();
  for (const std::string& argument : arguments) {
    if (Status status = check_path("run: argument", argument); !status) return std::move(status).error();
  }
  auto output = open_pipe(program);
  if (!output) return std::move(output).error();
  auto errors = open_pipe(program);
  if (!errors) return std::move(errors).error();
  const auto number = spawn(program, arguments, output->write_end.number(), errors->write_end.number());
  if (!number) return number.error();
  Child child(*number);
  // The child has its own copies: only when these are closed too do the pipes end with it.
  output->write_end = Descriptor();
  errors->write_end = Descriptor();
  return Conversation(program, limits, stop).run(child, std::move(output->read_end), std::move(errors->read_end));
}

}  // namespace scaup::inline v0
