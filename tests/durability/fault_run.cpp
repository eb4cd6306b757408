#include "durability/fault_run.hpp"

#include <algorithm>

#include "durability/crash_run.hpp"
#include "support/catch.hpp"

namespace scaup::test {
namespace {

DatabaseOptions options_on(std::shared_ptr<FileSystem> files) {
  return {.checkpoint_log_bytes = std::uint64_t{1} << 30U, .file_system = std::move(files)};
}

bool is_write(const Operation& operation) {
  return operation.action <= Action::remove_filter || operation.action == Action::reembed;
}

// After which failures nobody knows whether the disk has the write: those of a sync, and of taking the write back.
bool leaves_doubt(CallKind kind) {
  return kind == CallKind::sync || kind == CallKind::sync_directory || kind == CallKind::truncate;
}

std::optional<CollectionModel> part_of(const StoreModel& model, const std::string& name) {
  const auto found = model.find(name);
  return found == model.end() ? std::nullopt : std::optional(found->second);
}

StoreModel after(const Operation& operation, StoreModel model) {
  apply_operation(operation, model);
  return model;
}

}  // namespace

FaultRun::FaultRun(const std::vector<Operation>& trace, const FaultPlan& plan)
    : trace_(trace), session_(options_on(files_)) {
  files_->set_plan(plan);
  // The hook comes after the call was counted as failed.
  files_->on_call([this](CallKind kind, const std::filesystem::path&) {
    if (files_->failures() == failures_) return;
    failures_ = files_->failures();
    if (leaves_doubt(kind)) sync_failed_ = true;
  });
}

void FaultRun::run() {
  for (const Operation& operation : trace_) {
    INFO(to_string(operation));
    step(operation);
  }
  static_cast<void>(session_.close());
  files_->on_call({});
  files_->set_plan({});
  check_what_is_left();
}

void FaultRun::step(const Operation& operation) {
  sync_failed_ = false;
  if (!ready() || !is_valid(operation, model_)) return;
  sync_failed_ = false;
  const Status done = session_.run(operation);
  if (done) return succeeded(operation);
  INFO(done.error().message());
  failed(operation, done.error());
}

// Opens the store where it is not open, and finds out which of the possible states it is in.
bool FaultRun::ready() {
  if (!session_.is_open()) {
    reads_agree_ = false;
    const Status opened = session_.open();
    if (!opened) REQUIRE(to_string(opened.error().code()) == "io");
    if (!opened) return false;
  }
  if (reads_agree_) return true;
  const auto found = session_.read_all();
  if (!found) {
    INFO(found.error().message());
    REQUIRE(to_string(found.error().code()) == "io");
    return false;
  }
  REQUIRE(mismatch(*found) == "");
  model_ = *found;
  also_.clear();
  poisoned_.clear();
  doubtful_.clear();
  reads_agree_ = true;
  return true;
}

void FaultRun::succeeded(const Operation& operation) {
  const StoreModel next = after(operation, model_);
  if (is_write(operation) && next != model_) REQUIRE_FALSE(poisoned_.contains(operation.collection));
  if (next != model_ || operation.action == Action::create) also_.erase(operation.collection);
  model_ = next;
  if (operation.action == Action::reopen) reads_agree_ = false;
}

void FaultRun::failed(const Operation& operation, const Error& error) {
  if (poisoned_.contains(operation.collection) && is_write(operation)) {
    REQUIRE(to_string(error.code()) == "read_only");
    return;
  }
  if (doubtful_.contains(operation.collection) && error.code() == ErrorCode::read_only) return expect_unchanged();
  if (poisoned_.empty() && doubtful_.empty()) REQUIRE(to_string(error.code()) == "io");
  if (operation.action == Action::reopen) {
    reads_agree_ = false;
    return;
  }
  if (operation.action == Action::drop) doubtful_.insert(operation.collection);
  if (sync_failed_ && operation.action != Action::checkpoint) {
    also_[operation.collection].push_back(part_of(after(operation, model_), operation.collection));
    if (is_write(operation)) poisoned_.insert(operation.collection);
  }
  expect_unchanged();
}

// After an error the collections in memory are as before.
void FaultRun::expect_unchanged() {
  const StoreModel found = require_ok(session_.read_open_collections());
  for (const auto& [name, model] : found) {
    INFO(name);
    REQUIRE(model_.contains(name));
    REQUIRE(model == model_.at(name));
  }
}

// A collection is as acknowledged, or as a write in doubt would have made it.
std::string FaultRun::mismatch(const StoreModel& found) const {
  std::set<std::string> names;
  for (const StoreModel* const model : {&found, &model_}) {
    for (const auto& [name, collection] : *model) names.insert(name);
  }
  for (const std::string& name : names) {
    const auto is = part_of(found, name);
    if (is == part_of(model_, name)) continue;
    const auto also = also_.find(name);
    if (also != also_.end() && std::ranges::count(also->second, is) != 0) continue;
    return difference(found, model_);
  }
  return {};
}

void FaultRun::check_what_is_left() {
  const auto check = [this](const StoreModel& found) { return mismatch(found); };
  for (const std::uint64_t variant : {0U, 1U, 2U, 3U}) {
    INFO("after a power cut, variant " << variant);
    REQUIRE(check_store(options_on(memory_->crash_image(variant)), check) == "");
  }
  REQUIRE(check_store(options_on(memory_), check) == "");
  // check_store wrote, and was told that it is safe.
  const auto now = require_ok(Database::open(kStoreFolder, options_on(memory_->crash_image(1))));
  const StoreModel kept = require_ok(read_store(now));
  for (const std::uint64_t variant : {0U, 2U, 3U}) {
    INFO("after recovery, writes, and a power cut, variant " << variant);
    const auto same = [&](const StoreModel& found) { return difference(found, kept); };
    REQUIRE(check_store(options_on(memory_->crash_image(variant)), same) == "");
  }
}

}  // namespace scaup::test
