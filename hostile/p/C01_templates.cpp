// Every step instantiates two more, all of them different: 2^80 types.
template <int N, class T> struct Tree { static constexpr int n = Tree<N - 1, T *>::n + Tree<N - 1, const T *>::n; };
template <class T> struct Tree<0, T> { static constexpr int n = sizeof(T); };
int main() { return Tree<80, int>::n; }
