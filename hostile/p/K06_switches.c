/* Switches of the whole machine, pools of pages, objects on inodes, filters of system calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
static void attempt(const char *name, long answer) {
    int refused = answer == -1 && (errno == EINVAL || errno == ENOTTY || errno == ENOSYS || errno == ENOMEM);
    printf("%s %s: %s\n", refused ? "BLOCKED" : "ESCAPED", name, answer == -1 ? strerror(errno) : "it worked");
}
int main(void) {
    struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, 0x7fff0000};
    struct sock_fprog program = {1, &allow};
    static char page[8192] __attribute__((aligned(4096)));
    attempt("PR_SET_SECCOMP", syscall(SYS_prctl, PR_SET_SECCOMP, 2, &program, 0, 0));
    attempt("seccomp", syscall(SYS_seccomp, 1, 0, &program));
    attempt("PR_SCHED_CORE", syscall(SYS_prctl, 62, 1, 0, 0, 0));
    attempt("PR_SET_MEMORY_MERGE", syscall(SYS_prctl, 67, 1, 0, 0, 0));
    attempt("PR_SET_VMA", syscall(SYS_prctl, 0x53564d41, 0, page, 4096, "mine"));
    attempt("membarrier", syscall(SYS_membarrier, 1, 0));
    attempt("membarrier, expedited", syscall(SYS_membarrier, 2, 0));
    attempt("MADV_MERGEABLE", syscall(SYS_madvise, page, 4096, MADV_MERGEABLE));
    attempt("MADV_COLLAPSE", syscall(SYS_madvise, page, 4096, 25));
    attempt("MADV_PAGEOUT", syscall(SYS_madvise, page, 4096, 21));
    attempt("MAP_HUGETLB", (long)mmap(0, 2 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0));
    attempt("MFD_HUGETLB", syscall(SYS_memfd_create, "x", MFD_HUGETLB));
    attempt("SHM_HUGETLB", syscall(SYS_shmget, 0, 2 << 20, 01000 | 04000 | 0600));
    attempt("mbind", syscall(SYS_mbind, page, 4096, 1, 0, 0, 0));
    attempt("set_mempolicy", syscall(SYS_set_mempolicy, 0, 0, 0));
    attempt("vmsplice", syscall(SYS_vmsplice, 1, 0, 0, 0));
    attempt("F_NOTIFY", syscall(SYS_fcntl, open("/usr", O_RDONLY), F_NOTIFY, 1));
    attempt("F_SETLEASE", syscall(SYS_fcntl, open("file", O_RDONLY | O_CREAT, 0600), F_SETLEASE, F_RDLCK));
    int one = 2;
    attempt("TIOCSETD", syscall(SYS_ioctl, 0, 0x5423, &one));
    attempt("SIOCGSTAMP", syscall(SYS_ioctl, 0, 0x8906, page));
    attempt("FS_IOC_FIEMAP", syscall(SYS_ioctl, open("/usr/bin/env", O_RDONLY), 0xc020660b, page));
    puts("DONE");
    return 0;
}
