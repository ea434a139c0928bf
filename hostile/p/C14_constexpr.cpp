#include <vector>
constexpr unsigned long spin(unsigned long n) {
  unsigned long x = 0;
  for (unsigned long i = 0; i < n; i++) x += i * i;
  return x;
}
template <unsigned long N> struct Tower {
  static constexpr unsigned long value = spin(30000000ul) + Tower<N - 1>::value;
};
template <> struct Tower<0> {
  static constexpr unsigned long value = 0;
};
static_assert(Tower<400>::value != 1);
int main() { return 0; }
