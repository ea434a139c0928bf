#include <cstdio>
#include <cstring>

static int depth(int n) {
    char frame[32768];
    memset(frame, n, sizeof frame);
    return n == 32768 ? 0 : depth(n + 1) + frame[n % 32768];
}

int main() {
    puts("before");
    fflush(stdout);
    printf("%d\n", depth(0));
    return 0;
}
