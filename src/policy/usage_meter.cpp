// UsageMeter.

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {
namespace {

constexpr int kFirstFailingStatus = 400;
constexpr double kMillion = 1e6;

class CountingUsageMeter final : public UsageMeter {
 public:
  explicit CountingUsageMeter(std::vector<TokenPrice> prices) : prices_(std::move(prices)) {}

  void on_call(const CallReport& report) noexcept override {
    try {
      const std::lock_guard lock(mutex_);
      add(models_[{std::string(report.provider), std::string(report.model)}], report);
    } catch (const std::bad_alloc&) {
      // The header says that it is missing.
    }
  }

  std::vector<ModelUsage> usage() const override {
    std::vector<ModelUsage> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, counted] : models_) {
      all.push_back(counted);
      all.back().provider = name.first;
      all.back().model = name.second;
      all.back().cost = cost_of(name.second, counted.tokens);
    }
    return all;
  }

 private:
  static void add(ModelUsage& usage, const CallReport& report) noexcept {
    ++usage.calls;
    if (report.status == 0 || report.status >= kFirstFailingStatus) ++usage.failed_calls;
    usage.tokens.input_tokens += report.usage.input_tokens;
    usage.tokens.output_tokens += report.usage.output_tokens;
    usage.duration += report.duration;
  }

  [[nodiscard]] double cost_of(const std::string& model, const TokenUsage& tokens) const noexcept {
    const auto price = std::ranges::find(prices_, model, &TokenPrice::model);
    if (price == prices_.end()) return 0;
    return (static_cast<double>(tokens.input_tokens) * price->input_per_million +
            static_cast<double>(tokens.output_tokens) * price->output_per_million) /
           kMillion;
  }

  const std::vector<TokenPrice> prices_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, ModelUsage> models_;  // under mutex_, by provider and model
};

Status check_prices(const std::vector<TokenPrice>& prices) {
  std::set<std::string_view> models;
  for (const TokenPrice& price : prices) {
    for (const double amount : {price.input_per_million, price.output_per_million}) {
      if (std::isfinite(amount) && amount >= 0) continue;
      return Error(ErrorCode::invalid_argument, "usage meter: the price of model " + in_quotes(price.model) + " is " +
                                                    std::to_string(amount) + ", allowed are 0 and positive numbers");
    }
    if (models.insert(price.model).second) continue;
    return Error(ErrorCode::invalid_argument, "usage meter: model " + in_quotes(price.model) + " has two prices");
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<UsageMeter>> make_usage_meter(std::vector<TokenPrice> prices) {
  return guarded([&]() -> Result<std::shared_ptr<UsageMeter>> {
    if (Status valid = check_prices(prices); !valid) return std::move(valid).error();
    return std::make_shared<CountingUsageMeter>(std::move(prices));
  });
}

}  // namespace scaup::inline v0
