#include "engine/durable_log.hpp"

#include "base/boundary.hpp"

namespace scaup::inline v0 {

DurableLog::DurableLog(std::shared_ptr<const StoreContext> context, LogWriter writer, std::function<void()> appended)
    : context_(std::move(context)), appended_(std::move(appended)), writer_(std::move(writer)) {}

// Under mutex_.
Status DurableLog::usable() const {
  if (refusal_) return *refusal_;
  if (context_->forked()) return used_after_fork();
  if (!writer_->failure()) return {};
  return Error(ErrorCode::read_only,
               "read-only until it is opened again, because the log failed: " + writer_->failure()->message(),
               writer_->failure()->detail());
}

Status DurableLog::append(std::span<const LogEntry* const> entries) {
  {
    const std::lock_guard lock(mutex_);
    if (Status can = usable(); !can) return can;
    for (const LogEntry* const entry : entries) {
      if (Status added = guarded([&] { return add(*entry); }); !added) {
        static_cast<void>(writer_->discard());  // if that fails too, the next call says so
        return added;
      }
    }
    if (Status written = writer_->write(); !written) return written;
    if (context_->options.sync == SyncMode::every_write) {
      if (Status synced = writer_->sync(); !synced) return synced;
    }
  }
  appended_();
  return {};
}

Status DurableLog::add(const LogEntry& entry) {
  for (std::size_t part = 0; part < entry.part_count(); ++part) {
    const FramePlace place = part + 1 == entry.part_count() ? FramePlace::last : FramePlace::more;
    const auto body = entry.part(part, late_part_);
    if (auto number = writer_->add(entry.type, body, place); !number) return std::move(number).error();
  }
  return {};
}

Status DurableLog::sync() {
  const std::lock_guard lock(mutex_);
  if (Status can = usable(); !can) return can;
  return writer_->sync();
}

Status DurableLog::trim() {
  const std::lock_guard lock(mutex_);
  if (Status can = usable(); !can) return can;
  if (Status synced = writer_->sync(); !synced) return synced;
  return writer_->trim();
}

Status DurableLog::rotate(const std::function<Result<LogWriter>(std::uint64_t first_frame)>& make) {
  const std::lock_guard lock(mutex_);
  if (Status can = usable(); !can) return can;
  if (Status synced = writer_->sync(); !synced) return synced;
  auto next = make(writer_->next_number());
  if (!next) return std::move(next).error();
  writer_.emplace(*std::move(next));
  return {};
}

void DurableLog::refuse(Error refusal) {
  const std::lock_guard lock(mutex_);
  if (!refusal_) refusal_.emplace(std::move(refusal));
}

std::uint64_t DurableLog::size() const {
  const std::lock_guard lock(mutex_);
  return writer_ ? writer_->size() : 0;
}

std::uint64_t DurableLog::next_frame() const {
  const std::lock_guard lock(mutex_);
  return writer_ ? writer_->next_number() : 0;
}

bool DurableLog::synced() const {
  const std::lock_guard lock(mutex_);
  return !writer_ || writer_->synced_through() + 1 == writer_->next_number();
}

std::optional<Error> DurableLog::failure() const {
  const std::lock_guard lock(mutex_);
  if (refusal_) return refusal_;
  return writer_ ? writer_->failure() : std::nullopt;
}

}  // namespace scaup::inline v0
