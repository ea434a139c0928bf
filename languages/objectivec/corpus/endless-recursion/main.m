#include <stdio.h>

static int depth(int n) {
    return depth(n + 1) + 1;
}

int main(void) {
    puts("before");
    fflush(stdout);
    printf("%d\n", depth(0));
    return 0;
}
