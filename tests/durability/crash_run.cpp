#include "durability/crash_run.hpp"

#include <algorithm>

#include "support/catch.hpp"

namespace scaup::test {
namespace {

std::vector<StoreModel> states_of(const std::vector<Operation>& trace) {
  std::vector<StoreModel> states(1);
  for (const Operation& operation : trace) {
    states.push_back(states.back());
    apply_operation(operation, states.back());
  }
  return states;
}

std::string failed(const std::string& step, const Error& error) {
  return step + ": " + std::string(to_string(error.code())) + ": " + error.message();
}

bool same_names(const StoreModel& a, const StoreModel& b) {
  return std::ranges::equal(
      a, b, {}, [](const auto& e) { return e.first; }, [](const auto& e) { return e.first; });
}

// Whether a collection is as it was at some moment from `floor` to `last`.
bool was_so(const std::string& name, const CollectionModel& model, const AllowedStates& allowed) {
  for (std::size_t i = allowed.floor; i <= allowed.last; ++i) {
    const auto then = (*allowed.states)[i].find(name);
    if (then != (*allowed.states)[i].end() && then->second == model) return true;
  }
  return false;
}

std::string mismatch(const StoreModel& found, const AllowedStates& allowed, SyncMode sync) {
  const auto& states = *allowed.states;
  for (std::size_t i = allowed.first; i <= allowed.last; ++i) {
    if (found == states[i]) return {};
  }
  const std::string text = "states " + std::to_string(allowed.first) + " to " + std::to_string(allowed.last) +
                           " are allowed, but " + difference(found, states[allowed.first]) +
                           (allowed.last > allowed.first ? "or: " + difference(found, states[allowed.last]) : "");
  if (sync == SyncMode::every_write || allowed.floor == allowed.first) return text;
  bool named = false;
  for (std::size_t i = allowed.first; i <= allowed.last; ++i) named = named || same_names(found, states[i]);
  const bool prefixes =
      std::ranges::all_of(found, [&](const auto& entry) { return was_so(entry.first, entry.second, allowed); });
  return named && prefixes ? std::string() : text;
}

// A store that was opened goes on: it takes a write, closes, and opens again with that write.
std::string check_goes_on(Database& database, StoreModel model, const DatabaseOptions& options,
                          const std::filesystem::path& folder) {
  for (const char* const id : {"probe one", "probe two"}) {
    if (Status written = write_probe(database, model, id); !written) return failed("write", written.error());
  }
  if (Status closed = database.close(); !closed) return failed("close", closed.error());
  const auto verified = Database::verify(folder, options);
  if (!verified) return failed("verify", verified.error());
  if (!verified->ok()) return "verify: " + verified->damage[0].file + ": " + verified->damage[0].reason;
  const auto reopened = Database::open(folder, options);
  if (!reopened) return failed("open again", reopened.error());
  const auto found = read_store(*reopened);
  if (!found) return failed("read again", found.error());
  return *found == model ? std::string() : "after a write: " + difference(*found, model);
}

}  // namespace

std::string check_store(const DatabaseOptions& options, const StateCheck& check, const std::filesystem::path& folder) {
  auto opened = Database::open(folder, options);
  if (!opened) return failed("open", opened.error());
  auto found = read_store(*opened);
  if (!found) return failed("read", found.error());
  std::string wrong = check(*found);
  return wrong.empty() ? check_goes_on(*opened, *std::move(found), options, folder) : wrong;
}

CrashRun::CrashRun(DatabaseOptions options, const CrashSearch& search, std::uint64_t seed)
    : options_(std::move(options)),
      search_(search),
      seed_(seed),
      trace_(search.trace.empty() ? make_trace(seed, search.operations) : search.trace),
      states_(states_of(trace_)) {}

void CrashRun::run() {
  DatabaseOptions options = options_;
  options.file_system = files_;
  StoreSession session(options);
  files_->on_change([this](std::uint64_t number) { at_call(number); });
  for (std::size_t i = 0; i < trace_.size(); ++i) run_operation(session, i);
  require_ok(session.close());
  files_->on_change({});
}

void CrashRun::run_operation(StoreSession& session, std::size_t index) {
  in_flight_ = index + 1;
  const Status done = session.run(trace_[index]);
  INFO("operation " << index << ": " << to_string(trace_[index]));
  require_ok(done);
  acknowledged_ = index + 1;
  const Action action = trace_[index].action;
  // A collection that nobody asked for since the reopening is as durable as it was.
  if (action == Action::checkpoint || action == Action::reopen) floor_ = index + 1;
}

void CrashRun::at_call(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (number % search_.every == 0) {
    for (std::uint64_t variant = 0; variant < search_.variants; ++variant) check(number, variant);
  }
  if (search_.chain_every != 0 && number % search_.chain_every == 0) check_chain(number);
}

std::uint64_t CrashRun::seed_of(std::uint64_t number, std::uint64_t variant) const {
  return variant < 2 ? variant : seed_ * 1'000'000'007 + number * 1'000 + variant;
}

// The bounds are read before and after the image is taken, because other threads go on meanwhile.
void CrashRun::check(std::uint64_t number, std::uint64_t variant) {
  AllowedStates allowed{.states = &states_, .floor = floor_, .first = acknowledged_, .last = 0};
  auto image = files_->crash_image(seed_of(number, variant));
  allowed.last = in_flight_;
  if (variant == 1) allowed.floor = allowed.first;  // a killed process: what returned is there in every mode
  ++images_;
  const std::string wrong = check_image(std::move(image), allowed);
  if (!wrong.empty())
    note(to_string(trace_[std::min(allowed.first, trace_.size() - 1)]) + ": call " + std::to_string(number) +
             ", variant " + std::to_string(variant),
         wrong);
}

std::string CrashRun::check_image(std::shared_ptr<MemoryFileSystem> image, const AllowedStates& allowed) const {
  DatabaseOptions options = options_;
  options.file_system = std::move(image);
  return check_store(options, [&](const StoreModel& found) { return mismatch(found, allowed, options_.sync); });
}

// Opens an image, and takes images at each file call of that.
void CrashRun::check_chain(std::uint64_t number) {
  AllowedStates allowed{.states = &states_, .floor = floor_, .first = acknowledged_, .last = 0};
  const auto image = files_->crash_image(seed_of(number, 2));
  allowed.last = in_flight_;
  image->on_change([&, this](std::uint64_t call) {
    for (std::uint64_t variant = 0; variant < search_.chain_variants; ++variant) {
      ++chains_;
      const std::string wrong = check_image(image->crash_image(seed_of(call, variant)), allowed);
      if (wrong.empty()) continue;
      note("call " + std::to_string(number) + ", then call " + std::to_string(call) + ", variant " +
               std::to_string(variant),
           wrong);
    }
  });
  DatabaseOptions options = options_;
  options.file_system = image;
  {
    const auto opened = Database::open(kStoreFolder, options);
    if (!opened) return note("call " + std::to_string(number), failed("open", opened.error()));
    const auto found = read_store(*opened);
    if (!found) note("call " + std::to_string(number), failed("read", found.error()));
  }
  image->on_change({});
}

void CrashRun::note(const std::string& place, const std::string& failure) {
  if (failures_++ == 0) first_failure_ = place + ": " + failure;
}

}  // namespace scaup::test
