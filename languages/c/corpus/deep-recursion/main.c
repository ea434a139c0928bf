#include <stdio.h>
#include <string.h>

static int depth(int n) {
    char frame[32768];
    memset(frame, n, sizeof frame);
    return n == 32768 ? 0 : depth(n + 1) + frame[n % 32768];
}

int main(void) {
    puts("before");
    fflush(stdout);
    printf("%d\n", depth(0));
    return 0;
}
