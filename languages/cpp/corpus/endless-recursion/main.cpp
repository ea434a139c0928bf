#include <cstdio>

static int depth(int n) {
    return depth(n + 1) + 1;
}

int main() {
    puts("before");
    fflush(stdout);
    printf("%d\n", depth(0));
    return 0;
}
