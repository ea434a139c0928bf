/* Advice about files and disks that the host shares. With no descriptor, what comes from the kernel is EBADF. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static void attempt(const char *name, long answer) {
    printf("%s %s: %s\n", answer == 0 ? "BLOCKED" : "ESCAPED", name, answer == 0 ? "did nothing" : strerror(errno));
}
int main(void) {
    attempt("syncfs", syscall(SYS_syncfs, -1));
    attempt("fsync", syscall(SYS_fsync, -1));
    attempt("fdatasync", syscall(SYS_fdatasync, -1));
    attempt("sync_file_range", syscall(SYS_sync_file_range, -1, 0L, 0L, 7));
    attempt("readahead", syscall(SYS_readahead, -1, 0L, 4096L));
    attempt("posix_fadvise", syscall(SYS_fadvise64, -1, 0L, 0L, POSIX_FADV_DONTNEED));
    attempt("msync", syscall(SYS_msync, 1L, 4096L, MS_SYNC));
    attempt("madvise", syscall(SYS_madvise, 1L, 4096L, MADV_WILLNEED));
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 1000; i++) sync();
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("INFO 1000 sync: %ld ms\n", (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
    /* On files of its own they go on working. */
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) != 0) puts("ESCAPED a file of its own");
    puts("DONE");
    return 0;
}
