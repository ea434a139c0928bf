/* One mapping, filled by the kernel in one call. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    size_t size = 2ul << 30;
    void *all = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (all == MAP_FAILED) {
        perror("BLOCKED mmap");
        return 1;
    }
    for (size_t at = 0; at < size; at += 4096) ((volatile char *)all)[at] = 1;
    puts("ESCAPED 2 GB mapped");
    return 0;
}
