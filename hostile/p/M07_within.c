/* Control: 100 MB of 256. Volatile: a compiler may leave out memory that nobody can see. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    char *volatile block = malloc(100u << 20);
    memset(block, 1, 100u << 20);
    printf("used %d MB\n", block[99 << 20] * 100);
    return 0;
}
