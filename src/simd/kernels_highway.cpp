// The kernels with vector instructions, compiled once for each target of Highway, whose sole includer this is.
// Code between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE is compiled with that target's instructions: it
// may not call inline functions of the standard library, because the linker keeps one copy of such a function
// for the whole program, and that copy could hold instructions that the processor lacks.

// Scalable vectors cannot stand in the fixed partial sums below; processors that have them run NEON as well.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/kernels_highway.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>

#include "simd/kernel_tables.hpp"

HWY_BEFORE_NAMESPACE();
namespace scaup::inline v0 {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

// Highway without vector instructions: kernels_scalar.cpp serves that case.
bool fill_kernels(Kernels& /*table*/) {
  return false;
}

#else

namespace {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using Floats = hn::Vec<FloatTag>;
using DoubleTag = hn::CappedTag<double, kDoubleSums>;
using Doubles = hn::Vec<DoubleTag>;
using Int16Tag = hn::ScalableTag<std::int16_t>;
using Int16s = hn::Vec<Int16Tag>;
using Int32Tag = hn::RepartitionToWide<Int16Tag>;
using Int32s = hn::Vec<Int32Tag>;

constexpr std::size_t kFloats = hn::MaxLanes(FloatTag());
constexpr std::size_t kDoubles = hn::MaxLanes(DoubleTag());
constexpr std::size_t kInt16s = hn::MaxLanes(Int16Tag());

// What is summed up, for one element and for a vector of them. The f32 forms are fused where the target can.
// The double forms round alike everywhere: the product of two floats is exact in double, so that fusing it
// changes nothing, and a square is rounded before it is added.
struct DotTerm {
  static HWY_INLINE float add(float a, float b, float sum) { return sum + a * b; }
  static HWY_INLINE double add(double a, double b, double sum) { return sum + a * b; }
  static HWY_INLINE Floats add(Floats a, Floats b, Floats sum) { return hn::MulAdd(a, b, sum); }
  static HWY_INLINE Doubles add_double(Doubles a, Doubles b, Doubles sum) { return hn::MulAdd(a, b, sum); }
};

struct L2Term {
  static HWY_INLINE float add(float a, float b, float sum) { return sum + (a - b) * (a - b); }
  static HWY_INLINE double add(double a, double b, double sum) { return sum + (a - b) * (a - b); }
  static HWY_INLINE Floats add(Floats a, Floats b, Floats sum) {
    const Floats difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  }
  static HWY_INLINE Doubles add_double(Doubles a, Doubles b, Doubles sum) {
    const Doubles difference = hn::Sub(a, b);
    return hn::Add(sum, hn::Mul(difference, difference));
  }
};

HWY_INLINE Floats load(const float* from) {
  return hn::LoadU(FloatTag(), from);
}

// The vector that ends at `end`, with zeros in place of all but its last `rest` elements: what remains after
// the whole vectors of an array of at least kFloats elements, read without going past its end.
HWY_INLINE Floats load_rest(const float* end, std::size_t rest) {
  const FloatTag tag;
  return hn::IfThenZeroElse(hn::FirstN(tag, kFloats - rest), load(end - kFloats));
}

HWY_INLINE float sum_of(Floats sums) {
  return hn::GetLane(hn::SumOfLanes(FloatTag(), sums));
}

// For arrays shorter than a vector.
template <typename Term>
HWY_INLINE float short_sum(const float* a, const float* b, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum = Term::add(a[i], b[i], sum);
  return sum;
}

// Four independent sums hide the latency of the additions. Named variables rather than an array: they stay
// in registers at every level of optimisation.
template <typename Term>
HWY_INLINE float sum_terms(const float* a, const float* b, std::size_t n) {
  if (n < kFloats) return short_sum<Term>(a, b, n);
  Floats sum0 = hn::Zero(FloatTag());
  Floats sum1 = sum0;
  Floats sum2 = sum0;
  Floats sum3 = sum0;
  std::size_t i = 0;
  for (; i + 4 * kFloats <= n; i += 4 * kFloats) {
    sum0 = Term::add(load(a + i), load(b + i), sum0);
    sum1 = Term::add(load(a + i + kFloats), load(b + i + kFloats), sum1);
    sum2 = Term::add(load(a + i + 2 * kFloats), load(b + i + 2 * kFloats), sum2);
    sum3 = Term::add(load(a + i + 3 * kFloats), load(b + i + 3 * kFloats), sum3);
  }
  for (; i + kFloats <= n; i += kFloats) sum0 = Term::add(load(a + i), load(b + i), sum0);
  if (i < n) sum1 = Term::add(load_rest(a + n, n - i), load_rest(b + n, n - i), sum1);
  return sum_of(hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3)));
}

// Two sums a row, so that eight additions are under way.
struct FourSums {
  Floats row0, row1, row2, row3;
};

struct FourRows {
  const float* row0;
  const float* row1;
  const float* row2;
  const float* row3;
};

template <typename Term>
HWY_INLINE void add_4_rows(Floats query, const FourRows& rows, std::size_t at, FourSums& sums) {
  sums.row0 = Term::add(query, load(rows.row0 + at), sums.row0);
  sums.row1 = Term::add(query, load(rows.row1 + at), sums.row1);
  sums.row2 = Term::add(query, load(rows.row2 + at), sums.row2);
  sums.row3 = Term::add(query, load(rows.row3 + at), sums.row3);
}

template <typename Term>
HWY_INLINE void add_rest_4_rows(Floats query, const FourRows& rows, std::size_t n, std::size_t rest, FourSums& sums) {
  sums.row0 = Term::add(query, load_rest(rows.row0 + n, rest), sums.row0);
  sums.row1 = Term::add(query, load_rest(rows.row1 + n, rest), sums.row1);
  sums.row2 = Term::add(query, load_rest(rows.row2 + n, rest), sums.row2);
  sums.row3 = Term::add(query, load_rest(rows.row3 + n, rest), sums.row3);
}

template <typename Term>
HWY_INLINE void sum_terms_4_rows(const float* query, const float* const rows[4], std::size_t n, float out[4]) {
  if (n < kFloats) {
    for (std::size_t row = 0; row < 4; ++row) out[row] = short_sum<Term>(query, rows[row], n);
    return;
  }
  const FourRows four = {rows[0], rows[1], rows[2], rows[3]};
  const Floats zero = hn::Zero(FloatTag());
  FourSums even = {zero, zero, zero, zero};
  FourSums odd = even;
  std::size_t i = 0;
  for (; i + 2 * kFloats <= n; i += 2 * kFloats) {
    add_4_rows<Term>(load(query + i), four, i, even);
    add_4_rows<Term>(load(query + i + kFloats), four, i + kFloats, odd);
  }
  if (i + kFloats <= n) {
    add_4_rows<Term>(load(query + i), four, i, even);
    i += kFloats;
  }
  if (i < n) add_rest_4_rows<Term>(load_rest(query + n, n - i), four, n, n - i, odd);
  out[0] = sum_of(hn::Add(even.row0, odd.row0));
  out[1] = sum_of(hn::Add(even.row1, odd.row1));
  out[2] = sum_of(hn::Add(even.row2, odd.row2));
  out[3] = sum_of(hn::Add(even.row3, odd.row3));
}

// Halves the sums until one is left: the order that every table follows.
HWY_INLINE double fold(double sums[kDoubleSums]) {
  for (std::size_t half = kDoubleSums / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
  }
  return sums[0];
}

// The elements of vector number `vector` in a group of kDoubleSums, as doubles, added to its sums.
template <typename Term>
HWY_INLINE Doubles add_doubles(const float* a, const float* b, std::size_t vector, Doubles sum) {
  const DoubleTag tag;
  const hn::Rebind<float, DoubleTag> narrow;
  return Term::add_double(hn::PromoteTo(tag, hn::LoadU(narrow, a + vector * kDoubles)),
                          hn::PromoteTo(tag, hn::LoadU(narrow, b + vector * kDoubles)), sum);
}

// Writes the kDoubleSums partial sums of the whole groups, and returns how many elements they cover.
// A target has 2, 4 or 8 doubles in a vector, thus 8, 4 or 2 vectors in a group.
template <typename Term>
HWY_INLINE std::size_t sum_groups(const float* a, const float* b, std::size_t n, double* HWY_RESTRICT sums) {
  static_assert(kDoubles >= 2 && kDoubles <= 8 && kDoubleSums == 16);
  const DoubleTag tag;
  Doubles sum0 = hn::Zero(tag);
  Doubles sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0, sum5 = sum0, sum6 = sum0, sum7 = sum0;
  std::size_t i = 0;
  for (; i + kDoubleSums <= n; i += kDoubleSums) {
    sum0 = add_doubles<Term>(a + i, b + i, 0, sum0);
    sum1 = add_doubles<Term>(a + i, b + i, 1, sum1);
    if constexpr (kDoubles <= 4) {
      sum2 = add_doubles<Term>(a + i, b + i, 2, sum2);
      sum3 = add_doubles<Term>(a + i, b + i, 3, sum3);
    }
    if constexpr (kDoubles <= 2) {
      sum4 = add_doubles<Term>(a + i, b + i, 4, sum4);
      sum5 = add_doubles<Term>(a + i, b + i, 5, sum5);
      sum6 = add_doubles<Term>(a + i, b + i, 6, sum6);
      sum7 = add_doubles<Term>(a + i, b + i, 7, sum7);
    }
  }
  hn::StoreU(sum0, tag, sums);
  hn::StoreU(sum1, tag, sums + kDoubles);
  if constexpr (kDoubles <= 4) {
    hn::StoreU(sum2, tag, sums + 2 * kDoubles);
    hn::StoreU(sum3, tag, sums + 3 * kDoubles);
  }
  if constexpr (kDoubles <= 2) {
    hn::StoreU(sum4, tag, sums + 4 * kDoubles);
    hn::StoreU(sum5, tag, sums + 5 * kDoubles);
    hn::StoreU(sum6, tag, sums + 6 * kDoubles);
    hn::StoreU(sum7, tag, sums + 7 * kDoubles);
  }
  return i;
}

template <typename Term>
HWY_INLINE double sum_terms_double(const float* a, const float* b, std::size_t n) {
  double sums[kDoubleSums];
  const std::size_t done = sum_groups<Term>(a, b, n, sums);
  for (std::size_t i = done; i < n; ++i) {
    sums[i - done] = Term::add(static_cast<double>(a[i]), static_cast<double>(b[i]), sums[i - done]);
  }
  return fold(sums);
}

HWY_INLINE Int16s load_int16(const std::int16_t* from) {
  return hn::LoadU(Int16Tag(), from);
}

HWY_INLINE Int16s load_int16(const std::int8_t* from) {
  const hn::Rebind<std::int8_t, Int16Tag> narrow;
  return hn::PromoteTo(Int16Tag(), hn::LoadU(narrow, from));
}

// As load_rest above, of at least kInt16s elements.
template <typename T>
HWY_INLINE Int16s load_int16_rest(const T* end, std::size_t rest) {
  return hn::IfThenZeroElse(hn::FirstN(Int16Tag(), kInt16s - rest), load_int16(end - kInt16s));
}

// Sums of int16 products, which are widened and added in pairs; some targets add the odd pairs to a sum of
// their own. No default initialisers: a generated constructor would not have the target's instructions.
struct IntSums {
  Int32s even;
  Int32s odd;

  HWY_INLINE void add(Int16s a, Int16s b) { even = hn::ReorderWidenMulAccumulate(Int32Tag(), a, b, even, odd); }
  HWY_INLINE Int32s both() const { return hn::RearrangeToOddPlusEven(even, odd); }
};

HWY_INLINE IntSums no_sums() {
  return {hn::Zero(Int32Tag()), hn::Zero(Int32Tag())};
}

HWY_INLINE std::int32_t sum_of(Int32s sums) {
  return hn::GetLane(hn::SumOfLanes(Int32Tag(), sums));
}

// A vector of half the lanes, down to 16 bytes.
template <typename D>
HWY_INLINE hn::Vec<hn::CappedTag<std::int32_t, 4>> fold_blocks(D tag, hn::Vec<D> sums) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return sums;
  } else {
    const hn::Half<D> half;
    return fold_blocks(half, hn::Add(hn::LowerHalf(half, sums), hn::UpperHalf(half, sums)));
  }
}

// Writes the sum of all lanes of each of four vectors: they are added while they are transposed, which takes half the
// steps of four sums on their own.
HWY_INLINE void store_4_sums(Int32s a, Int32s b, Int32s c, Int32s d, std::int32_t out[4]) {
  const Int32Tag tag;
  const hn::RepartitionToWide<Int32Tag> pairs;
  const Int32s ab = hn::Add(hn::InterleaveLower(tag, a, b), hn::InterleaveUpper(tag, a, b));
  const Int32s cd = hn::Add(hn::InterleaveLower(tag, c, d), hn::InterleaveUpper(tag, c, d));
  const auto ab_pairs = hn::BitCast(pairs, ab);
  const auto cd_pairs = hn::BitCast(pairs, cd);
  const Int32s abcd = hn::Add(hn::BitCast(tag, hn::InterleaveLower(pairs, ab_pairs, cd_pairs)),
                              hn::BitCast(tag, hn::InterleaveUpper(pairs, ab_pairs, cd_pairs)));
  hn::StoreU(fold_blocks(tag, abcd), hn::CappedTag<std::int32_t, 4>(), out);
}

template <typename T>
HWY_INLINE std::int32_t short_int_dot(const T* a, const std::int8_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::int32_t{a[i]} * std::int32_t{b[i]};
  return sum;
}

template <typename T>
HWY_INLINE std::int32_t int_dot(const T* a, const std::int8_t* b, std::size_t n) {
  if (n < kInt16s) return short_int_dot(a, b, n);
  IntSums first = no_sums();
  IntSums second = no_sums();
  std::size_t i = 0;
  for (; i + 2 * kInt16s <= n; i += 2 * kInt16s) {
    first.add(load_int16(a + i), load_int16(b + i));
    second.add(load_int16(a + i + kInt16s), load_int16(b + i + kInt16s));
  }
  if (i + kInt16s <= n) {
    first.add(load_int16(a + i), load_int16(b + i));
    i += kInt16s;
  }
  if (i < n) second.add(load_int16_rest(a + n, n - i), load_int16_rest(b + n, n - i));
  return sum_of(hn::Add(first.both(), second.both()));
}

void int_dot_4_rows(const std::int16_t* query, const std::int8_t* const rows[4], std::size_t n, std::int32_t out[4]) {
  if (n < kInt16s) {
    for (std::size_t row = 0; row < 4; ++row) out[row] = short_int_dot(query, rows[row], n);
    return;
  }
  IntSums sums0 = no_sums();
  IntSums sums1 = no_sums();
  IntSums sums2 = no_sums();
  IntSums sums3 = no_sums();
  std::size_t i = 0;
  for (; i + kInt16s <= n; i += kInt16s) {
    const Int16s part = load_int16(query + i);
    sums0.add(part, load_int16(rows[0] + i));
    sums1.add(part, load_int16(rows[1] + i));
    sums2.add(part, load_int16(rows[2] + i));
    sums3.add(part, load_int16(rows[3] + i));
  }
  if (i < n) {
    const Int16s part = load_int16_rest(query + n, n - i);
    sums0.add(part, load_int16_rest(rows[0] + n, n - i));
    sums1.add(part, load_int16_rest(rows[1] + n, n - i));
    sums2.add(part, load_int16_rest(rows[2] + n, n - i));
    sums3.add(part, load_int16_rest(rows[3] + n, n - i));
  }
  store_4_sums(sums0.both(), sums1.both(), sums2.both(), sums3.both(), out);
}

// Four queries and two rows: each part of a row is widened once for four products, and the eight sums fit
// into the registers of every target.
void int_dot_4_queries_2_rows(const std::int16_t* const queries[4], const std::int8_t* row0, const std::int8_t* row1,
                              std::size_t n, std::int32_t out0[4], std::int32_t out1[4]) {
  IntSums sums00 = no_sums();
  IntSums sums01 = no_sums();
  IntSums sums02 = no_sums();
  IntSums sums03 = no_sums();
  IntSums sums10 = no_sums();
  IntSums sums11 = no_sums();
  IntSums sums12 = no_sums();
  IntSums sums13 = no_sums();
  const auto add = [&](Int16s part0, Int16s part1, Int16s query0, Int16s query1, Int16s query2, Int16s query3)
                       HWY_ATTR {
                         sums00.add(query0, part0);
                         sums10.add(query0, part1);
                         sums01.add(query1, part0);
                         sums11.add(query1, part1);
                         sums02.add(query2, part0);
                         sums12.add(query2, part1);
                         sums03.add(query3, part0);
                         sums13.add(query3, part1);
                       };
  std::size_t i = 0;
  for (; i + kInt16s <= n; i += kInt16s) {
    add(load_int16(row0 + i), load_int16(row1 + i), load_int16(queries[0] + i), load_int16(queries[1] + i),
        load_int16(queries[2] + i), load_int16(queries[3] + i));
  }
  if (i < n) {
    const std::size_t rest = n - i;
    add(load_int16_rest(row0 + n, rest), load_int16_rest(row1 + n, rest), load_int16_rest(queries[0] + n, rest),
        load_int16_rest(queries[1] + n, rest), load_int16_rest(queries[2] + n, rest),
        load_int16_rest(queries[3] + n, rest));
  }
  store_4_sums(sums00.both(), sums01.both(), sums02.both(), sums03.both(), out0);
  store_4_sums(sums10.both(), sums11.both(), sums12.both(), sums13.both(), out1);
}

float dot(const float* a, const float* b, std::size_t n) noexcept {
  return sum_terms<DotTerm>(a, b, n);
}

float l2_squared(const float* a, const float* b, std::size_t n) noexcept {
  return sum_terms<L2Term>(a, b, n);
}

float norm_squared(const float* a, std::size_t n) noexcept {
  return sum_terms<DotTerm>(a, a, n);
}

void dot_4_rows(const float* query, const float* const rows[4], std::size_t n, float out[4]) noexcept {
  sum_terms_4_rows<DotTerm>(query, rows, n, out);
}

void l2_squared_4_rows(const float* query, const float* const rows[4], std::size_t n, float out[4]) noexcept {
  sum_terms_4_rows<L2Term>(query, rows, n, out);
}

double dot_double(const float* a, const float* b, std::size_t n) noexcept {
  return sum_terms_double<DotTerm>(a, b, n);
}

double l2_squared_double(const float* a, const float* b, std::size_t n) noexcept {
  return sum_terms_double<L2Term>(a, b, n);
}

std::int32_t dot_int16_int8(const std::int16_t* query, const std::int8_t* codes, std::size_t n) noexcept {
  return int_dot(query, codes, n);
}

void dot_int16_int8_4_rows(const std::int16_t* query, const std::int8_t* const rows[4], std::size_t n,
                           std::int32_t out[4]) noexcept {
  int_dot_4_rows(query, rows, n, out);
}

void dot_int16_int8_4_queries(const std::int16_t* const queries[4], const std::int8_t* const rows[4], std::size_t n,
                              std::int32_t out[4][4]) noexcept {
  if (n < kInt16s) {
    for (std::size_t row = 0; row < 4; ++row) {
      for (std::size_t query = 0; query < 4; ++query) out[row][query] = short_int_dot(queries[query], rows[row], n);
    }
    return;
  }
  int_dot_4_queries_2_rows(queries, rows[0], rows[1], n, out[0], out[1]);
  int_dot_4_queries_2_rows(queries, rows[2], rows[3], n, out[2], out[3]);
}

std::int32_t dot_int8(const std::int8_t* a, const std::int8_t* b, std::size_t n) noexcept {
  return int_dot(a, b, n);
}

}  // namespace

// Sets all but the name. Not noexcept, because HWY_EXPORT does not know such functions.
bool fill_kernels(Kernels& table) {
  table.dot = dot;
  table.l2_squared = l2_squared;
  table.norm_squared = norm_squared;
  table.dot_4_rows = dot_4_rows;
  table.l2_squared_4_rows = l2_squared_4_rows;
  table.dot_double = dot_double;
  table.l2_squared_double = l2_squared_double;
  table.dot_int16_int8 = dot_int16_int8;
  table.dot_int16_int8_4_rows = dot_int16_int8_4_rows;
  table.dot_int16_int8_4_queries = dot_int16_int8_4_queries;
  table.dot_int8 = dot_int8;
  return true;
}

#endif  // HWY_TARGET

}  // namespace HWY_NAMESPACE
}  // namespace scaup::inline v0
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace scaup::inline v0 {
namespace {

HWY_EXPORT(fill_kernels);

// The function of one target. Highway's own dispatch would have to change its process-wide choice, which
// belongs to whoever else uses Highway in this process; a choice object of our own finds the entry as well.
auto fill_kernels_of([[maybe_unused]] std::int64_t target) noexcept {
  if constexpr ((HWY_TARGETS & (HWY_TARGETS - 1)) == 0) return HWY_DISPATCH_TABLE(fill_kernels)[0];
  hwy::ChosenTarget choice;
  choice.Update(target);
  return HWY_DISPATCH_TABLE(fill_kernels)[choice.GetIndex()];
}

}  // namespace

std::size_t highway_kernels(std::span<Kernels> tables) noexcept {
  std::size_t free = tables.size();
  // Better targets have lower bits; so the table is filled from its end, and then moved to the front.
  for (std::int64_t left = hwy::SupportedTargets() & HWY_TARGETS; left != 0 && free > 0; left &= left - 1) {
    const std::int64_t target = left & -left;
    if (!fill_kernels_of(target)(tables[free - 1])) continue;
    tables[--free].name = hwy::TargetName(target);
  }
  std::move(tables.begin() + static_cast<std::ptrdiff_t>(free), tables.end(), tables.begin());
  return tables.size() - free;
}

}  // namespace scaup::inline v0
#endif  // HWY_ONCE
