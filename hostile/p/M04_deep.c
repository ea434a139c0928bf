/* Recursion without an end, 16 KiB at a step. Cap: 4 GB. */
#include <stdio.h>
#include <string.h>
/* Who looks at every frame from outside keeps a compiler from shrinking it. */
static char *volatile seen;
static int step(int depth) {
    char frame[16384];
    memset(frame, depth, sizeof frame);
    seen = frame;
    if (depth == 262144) return 0;
    return step(depth + 1) + seen[depth % 16384] + frame[depth % 16384];
}
int main(void) {
    printf("%d\n", step(0));
    puts("ESCAPED 4 GB of stack");
    return 0;
}
