/* Calls that no program here needs, with arguments that do no harm. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
/* ENOSPC: a namespace, and the number of those that are allowed is 0. */
static void attempt(const char *name, long answer) {
    int refused = answer < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS || errno == ENOSPC);
    printf("%s %s: %s\n", refused ? "BLOCKED" : "ESCAPED", name, answer < 0 ? strerror(errno) : "it worked");
}
int main(void) {
    char room[4096] = {0};
    attempt("unshare user", syscall(SYS_unshare, CLONE_NEWUSER));
    attempt("unshare mount", syscall(SYS_unshare, CLONE_NEWNS));
    attempt("mount", mount("none", "/tmp", "tmpfs", 0, ""));
    attempt("umount", umount2("/proc", MNT_DETACH));
    attempt("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
    attempt("bpf", syscall(SYS_bpf, 0, room, 64));
    attempt("perf_event_open", syscall(SYS_perf_event_open, room, 0, -1, -1, 0));
    attempt("userfaultfd", syscall(SYS_userfaultfd, 0));
    attempt("io_uring_setup", syscall(SYS_io_uring_setup, 1, room));
    attempt("keyctl", syscall(SYS_keyctl, 0, -3, 1));
    attempt("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -2));
    attempt("init_module", syscall(SYS_init_module, room, 16, ""));
    attempt("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
    attempt("settimeofday", syscall(SYS_settimeofday, room, 0));
    attempt("sethostname", sethostname("mine", 4));
    attempt("swapon", syscall(SYS_swapon, "/tmp/x", 0));
    attempt("open_tree", syscall(SYS_open_tree, -100, "/", 1));
    attempt("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    puts("DONE");
    return 0;
}
