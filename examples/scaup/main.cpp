// The command line `scaup`: looks into databases, and moves collections out of them and into them.

#include <algorithm>
#include <cstdio>

#include "commands.hpp"

namespace {

constexpr const char* kHelp =
    R"(usage: scaup info FOLDER                                  the collections of a database
       scaup verify FOLDER                                reads every byte; exit code 1 if any is damaged
       scaup export FOLDER FILE [--collection NAME]...    writes collections, all by default, into an archive
       scaup import FOLDER FILE [--collection NAME]...    reads them back; FOLDER may be new
       scaup query FOLDER COLLECTION TEXT [-k N] [--filter JSON]
                                                          the N (5) documents nearest to a text, by the built-in model
options
  --collection NAME        may be given several times
  --existing HOW           import, where a name is taken: fail (the default), replace or merge
  --json-lines             export and import one collection as a document a line, instead of an archive
  --own-vectors            with --json-lines: every line brings its vector, a new collection gets no model
  --passphrase-env NAME    export and import encrypted, with the passphrase in this environment variable
  --help                   this text
exit codes: 0 success, 1 failure, 2 wrong usage
)";

struct Command {
  std::string_view name;
  std::size_t operands;
  std::vector<std::string_view> options;
  int (*run)(const Arguments&);
};

const Command& find_command(const Arguments& arguments) {
  static const std::vector<Command> commands = {
      {"info", 1, {}, run_info},
      {"verify", 1, {}, run_verify},
      {"export", 2, {"--collection", "--json-lines", "--passphrase-env"}, run_export},
      {"import", 2, {"--collection", "--json-lines", "--passphrase-env", "--existing", "--own-vectors"}, run_import},
      {"query", 3, {"-k", "--filter"}, run_query},
  };
  const auto found = std::ranges::find(commands, arguments.command, &Command::name);
  if (found == commands.end()) throw UsageError("there is no command \"" + arguments.command + "\"");
  return *found;
}

void check(const Command& command, const Arguments& arguments) {
  const std::string name(command.name);
  for (const std::string& option : arguments.options) {
    if (std::ranges::find(command.options, option) == command.options.end())
      throw UsageError(name + " has no option " + option);
  }
  if (arguments.operands.size() != command.operands) {
    throw UsageError(name + " takes " + std::to_string(command.operands) + " arguments, not " +
                     std::to_string(arguments.operands.size()));
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments arguments = parse_arguments(argc, argv);
  if (arguments.has("--help")) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (arguments.command.empty()) throw UsageError("a command is missing");
  const Command& command = find_command(arguments);
  check(command, arguments);
  return command.run(arguments);
} catch (const UsageError& error) {
  std::fprintf(stderr, "scaup: %s; see scaup --help\n", error.what());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "scaup: %s\n", error.what());
  return 1;
}
