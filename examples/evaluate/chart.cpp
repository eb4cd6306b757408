// The bar chart: a group for each measure, in it a bar for each retriever with the interval of its mean.

#include <array>
#include <cstdio>

#include "report.hpp"

namespace {

constexpr double kHeight = 240;  // of the bars' area, for values from 0 to 1
constexpr double kTop = 50;
constexpr double kLeft = 50;
constexpr double kBar = 26;
constexpr double kGap = 34;  // between groups
constexpr std::array<const char*, 6> kColours = {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"};

template <typename... Numbers>
std::string format(const char* pattern, Numbers... numbers) {
  char text[256];
  std::snprintf(text, sizeof(text), pattern, numbers...);
  return text;
}

double y_of(double value) {
  return kTop + kHeight * (1 - value);
}

std::string label(double x, double y, const char* anchor, const std::string& text) {
  return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor) + text + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* colour) {
  return format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, colour);
}

std::string box(double x, double y, double width, double height, std::size_t colour) {
  return format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width, height, kColours[colour % kColours.size()]);
}

std::string bar(double x, const scaup::MeasureReport& measure, std::size_t colour) {
  const double middle = x + kBar / 2;
  return box(x, y_of(measure.mean), kBar - 4, kHeight * measure.mean, colour) +
         line(middle - 2, y_of(measure.interval.low), middle - 2, y_of(measure.interval.high), "#333333") +
         label(middle - 2, y_of(measure.interval.high) - 4, "middle", format("%.2f", measure.mean));
}

std::string axis(double right) {
  std::string out;
  for (int tenth = 0; tenth <= 10; tenth += 2) {
    const double value = tenth / 10.0;
    out += line(kLeft, y_of(value), right, y_of(value), "#dddddd") + label(kLeft - 6, y_of(value) + 4, "end", format("%.1f", value));
  }
  return out;
}

std::string legend(const Evaluation& evaluation) {
  std::string out;
  double x = kLeft;
  for (std::size_t i = 0; i < evaluation.outcomes.size(); ++i) {
    out += box(x, 30, 10, 10, i) + label(x + 14, 39, "start", evaluation.outcomes[i].name);
    x += 34 + 7 * static_cast<double>(evaluation.outcomes[i].name.size());
  }
  return out;
}

}  // namespace

std::string to_svg(const Evaluation& evaluation) {
  const auto& measures = evaluation.outcomes.front().report.measures;
  const double group = kBar * static_cast<double>(evaluation.outcomes.size()) + kGap;
  const double right = kLeft + std::max(group, 70.0) * static_cast<double>(measures.size());
  std::string out = format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" font-family=\"sans-serif\" font-size=\"11\">\n",
                           right + 20, kTop + kHeight + 40);
  out += "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  out += label(kLeft, 18, "start", plain(evaluation.collection) + ", " + std::to_string(measures[0].per_query.size()) + " queries, mean and 95 % interval");
  out += legend(evaluation) + axis(right);
  for (std::size_t m = 0; m < measures.size(); ++m) {
    const double x = kLeft + std::max(group, 70.0) * static_cast<double>(m) + kGap / 2;
    for (std::size_t i = 0; i < evaluation.outcomes.size(); ++i)
      out += bar(x + kBar * static_cast<double>(i), evaluation.outcomes[i].report.measures[m], i);
    out += label(x + (group - kGap) / 2, y_of(0) + 18, "middle", to_string(measures[m].what));
  }
  return out + "</svg>\n";
}
