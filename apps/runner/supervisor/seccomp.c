/*
 * The system call filter: an allow-list. What is not named here answers ENOSYS, as a kernel without it would,
 * so that libraries fall back. What programs are known to try, and must not have, answers EPERM.
 *
 * Left out on purpose, beside everything that needs privilege anyway: io_uring (a second way to every system
 * call), keyctl family, bpf, userfaultfd, perf_event_open, the mount API, unshare and setns, clone with
 * namespace flags, ptrace and process_vm_*, and sockets other than unix and inet streams and datagrams
 * (AF_ALG, AF_VSOCK, AF_NETLINK, AF_PACKET and raw sockets reach kernel code that has no business here).
 * clone3 answers ENOSYS because its flags are behind a pointer that no filter can read; libc then uses clone.
 */
#define _GNU_SOURCE
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_SYSCALL_BIT 0x40000000u
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no system call filter for this architecture yet"
#endif

#define NAMESPACE_FLAGS                                                                             \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |      \
   CLONE_NEWNET | 0x80 /* CLONE_NEWTIME */)

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* Low word of argument n: the flags and numbers looked at here are 32 bits wide. */
#define LOAD_ARGUMENT(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]))
#define LOAD_HIGH(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]) + 4)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
/* Runs the next instruction if equal (or if any bit is set), else skips it. */
#define IF_EQUAL(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define IF_ANY_BIT(bits) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1)
/* Runs the next `count` instructions only for this system call. They must all end in a return. */
#define FOR_CALL(name, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, (count))
#define PERMIT(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ALLOW
#define DENY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), REFUSE(EPERM)

static const struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#ifdef X32_SYSCALL_BIT
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_SYSCALL_BIT, 0, 1),
    REFUSE(ENOSYS),
#endif

    /* The hot ones first: the list is searched from the top. */
    PERMIT(read), PERMIT(write), PERMIT(futex), PERMIT(mmap), PERMIT(munmap), PERMIT(mprotect), PERMIT(brk),
    PERMIT(openat), PERMIT(close), PERMIT(fstat), PERMIT(newfstatat), PERMIT(lseek), PERMIT(rt_sigaction),
    PERMIT(rt_sigprocmask), PERMIT(rt_sigreturn), PERMIT(pread64), PERMIT(pwrite64), PERMIT(readv),
    PERMIT(writev), PERMIT(madvise), PERMIT(clock_gettime), PERMIT(epoll_pwait), PERMIT(getpid),
    PERMIT(gettid), PERMIT(sched_yield),

    FOR_CALL(clone, 4), LOAD_ARGUMENT(0), IF_ANY_BIT(NAMESPACE_FLAGS), REFUSE(EPERM), ALLOW,
    FOR_CALL(clone3, 1), REFUSE(ENOSYS),
    FOR_CALL(socket, 12),
        LOAD_ARGUMENT(0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0),
        REFUSE(EAFNOSUPPORT),
        LOAD_ARGUMENT(1),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_DGRAM, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_SEQPACKET, 0, 1),
        ALLOW,
        REFUSE(EPERM),
    FOR_CALL(personality, 6), LOAD_ARGUMENT(0), IF_EQUAL(0), ALLOW, IF_EQUAL(0xffffffff), ALLOW, REFUSE(EPERM),
    /* It stays at 1: with 0 a crash would start the host's crash handler, as the host's root (program.c). */
    FOR_CALL(setrlimit, 4), LOAD_ARGUMENT(0), IF_EQUAL(RLIMIT_CORE), REFUSE(EPERM), ALLOW,
    FOR_CALL(prlimit64, 9),
        LOAD_ARGUMENT(1),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RLIMIT_CORE, 1, 0),
        ALLOW,
        LOAD_ARGUMENT(2), /* a pointer to the new limit, in two words; none: only asks */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
        LOAD_HIGH(2),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
        ALLOW,
        REFUSE(EPERM),
    /* Typing into a terminal that somebody else reads (TIOCSTI, TIOCLINUX). */
    FOR_CALL(ioctl, 6), LOAD_ARGUMENT(1), IF_EQUAL(0x5412), REFUSE(EPERM), IF_EQUAL(0x541c), REFUSE(EPERM), ALLOW,

    PERMIT(accept), PERMIT(accept4), PERMIT(bind), PERMIT(capget), PERMIT(capset), PERMIT(chdir),
    PERMIT(clock_getres), PERMIT(clock_nanosleep), PERMIT(close_range), PERMIT(connect),
    PERMIT(copy_file_range), PERMIT(dup), PERMIT(dup3), PERMIT(epoll_create1), PERMIT(epoll_ctl),
    PERMIT(epoll_pwait2), PERMIT(eventfd2), PERMIT(execve), PERMIT(execveat), PERMIT(exit),
    PERMIT(exit_group), PERMIT(faccessat), PERMIT(faccessat2), PERMIT(fadvise64), PERMIT(fallocate),
    PERMIT(fchdir), PERMIT(fchmod), PERMIT(fchmodat), PERMIT(fchown), PERMIT(fchownat), PERMIT(fcntl),
    PERMIT(fdatasync), PERMIT(fgetxattr), PERMIT(flistxattr), PERMIT(flock), PERMIT(fremovexattr),
    PERMIT(fsetxattr), PERMIT(fstatfs), PERMIT(fsync), PERMIT(ftruncate), PERMIT(futex_waitv),
    PERMIT(getcpu), PERMIT(getcwd), PERMIT(getdents64), PERMIT(getegid), PERMIT(geteuid), PERMIT(getgid),
    PERMIT(getgroups), PERMIT(getitimer), PERMIT(getpeername), PERMIT(getpgid), PERMIT(getppid),
    PERMIT(getpriority), PERMIT(getrandom), PERMIT(getresgid), PERMIT(getresuid), PERMIT(getrlimit),
    PERMIT(get_robust_list), PERMIT(getrusage), PERMIT(getsid), PERMIT(getsockname), PERMIT(getsockopt),
    PERMIT(gettimeofday), PERMIT(getuid), PERMIT(getxattr), PERMIT(get_mempolicy), PERMIT(inotify_add_watch),
    PERMIT(inotify_init1), PERMIT(inotify_rm_watch), PERMIT(io_cancel), PERMIT(io_destroy),
    PERMIT(io_getevents), PERMIT(io_setup), PERMIT(io_submit), PERMIT(ioprio_get), PERMIT(ioprio_set),
    PERMIT(kill), PERMIT(lgetxattr), PERMIT(linkat), PERMIT(listen), PERMIT(listxattr), PERMIT(llistxattr),
    PERMIT(lremovexattr), PERMIT(lsetxattr), PERMIT(mbind), PERMIT(membarrier), PERMIT(memfd_create),
    PERMIT(mincore), PERMIT(mkdirat), PERMIT(mknodat), PERMIT(mlock), PERMIT(mlock2), PERMIT(mlockall),
    PERMIT(mq_getsetattr), PERMIT(mq_notify), PERMIT(mq_open), PERMIT(mq_timedreceive),
    PERMIT(mq_timedsend), PERMIT(mq_unlink), PERMIT(mremap), PERMIT(msgctl), PERMIT(msgget), PERMIT(msgrcv),
    PERMIT(msgsnd), PERMIT(msync), PERMIT(munlock), PERMIT(munlockall), PERMIT(nanosleep),
    PERMIT(openat2), PERMIT(pidfd_open), PERMIT(pidfd_send_signal), PERMIT(pipe2), PERMIT(pkey_alloc),
    PERMIT(pkey_free), PERMIT(pkey_mprotect), PERMIT(ppoll), PERMIT(prctl), PERMIT(preadv), PERMIT(preadv2),
    PERMIT(pselect6), PERMIT(pwritev), PERMIT(pwritev2), PERMIT(readahead),
    PERMIT(readlinkat), PERMIT(recvfrom), PERMIT(recvmmsg), PERMIT(recvmsg), PERMIT(removexattr),
    PERMIT(renameat), PERMIT(renameat2), PERMIT(restart_syscall), PERMIT(rseq), PERMIT(rt_sigpending),
    PERMIT(rt_sigqueueinfo), PERMIT(rt_sigsuspend), PERMIT(rt_sigtimedwait), PERMIT(rt_tgsigqueueinfo),
    PERMIT(sched_getaffinity), PERMIT(sched_getattr), PERMIT(sched_getparam),
    PERMIT(sched_get_priority_max), PERMIT(sched_get_priority_min), PERMIT(sched_getscheduler),
    PERMIT(sched_rr_get_interval), PERMIT(sched_setaffinity), PERMIT(sched_setattr),
    PERMIT(sched_setparam), PERMIT(sched_setscheduler), PERMIT(semctl), PERMIT(semget), PERMIT(semop),
    PERMIT(semtimedop), PERMIT(sendfile), PERMIT(sendmmsg), PERMIT(sendmsg), PERMIT(sendto),
    PERMIT(setfsgid), PERMIT(setfsuid), PERMIT(setgid), PERMIT(setgroups), PERMIT(setitimer),
    PERMIT(set_mempolicy), PERMIT(setpgid), PERMIT(setpriority), PERMIT(setregid), PERMIT(setresgid),
    PERMIT(setresuid), PERMIT(setreuid), PERMIT(set_robust_list), PERMIT(setsid),
    PERMIT(setsockopt), PERMIT(set_tid_address), PERMIT(setuid), PERMIT(setxattr), PERMIT(shmat),
    PERMIT(shmctl), PERMIT(shmdt), PERMIT(shmget), PERMIT(shutdown), PERMIT(sigaltstack),
    PERMIT(signalfd4), PERMIT(socketpair), PERMIT(splice), PERMIT(statfs), PERMIT(statx), PERMIT(symlinkat),
    PERMIT(sync), PERMIT(sync_file_range), PERMIT(syncfs), PERMIT(sysinfo), PERMIT(tee), PERMIT(tgkill),
    PERMIT(timer_create), PERMIT(timer_delete), PERMIT(timer_getoverrun), PERMIT(timer_gettime),
    PERMIT(timer_settime), PERMIT(timerfd_create), PERMIT(timerfd_gettime), PERMIT(timerfd_settime),
    PERMIT(times), PERMIT(tkill), PERMIT(truncate), PERMIT(umask), PERMIT(uname), PERMIT(unlinkat),
    PERMIT(utimensat), PERMIT(vmsplice), PERMIT(wait4), PERMIT(waitid),
#ifdef __x86_64__
    PERMIT(access), PERMIT(alarm), PERMIT(arch_prctl), PERMIT(chmod), PERMIT(chown), PERMIT(creat),
    PERMIT(dup2), PERMIT(epoll_create), PERMIT(epoll_ctl_old), PERMIT(epoll_wait), PERMIT(epoll_wait_old),
    PERMIT(eventfd), PERMIT(fork), PERMIT(futimesat), PERMIT(getdents), PERMIT(getpgrp),
    PERMIT(get_thread_area), PERMIT(inotify_init), PERMIT(lchown), PERMIT(link), PERMIT(lstat),
    PERMIT(mkdir), PERMIT(mknod), PERMIT(open), PERMIT(pause), PERMIT(pipe), PERMIT(poll), PERMIT(readlink),
    PERMIT(rename), PERMIT(rmdir), PERMIT(select), PERMIT(set_thread_area), PERMIT(signalfd), PERMIT(stat),
    PERMIT(symlink), PERMIT(time), PERMIT(unlink), PERMIT(utime), PERMIT(utimes), PERMIT(vfork),
#endif

    DENY(add_key), DENY(bpf), DENY(chroot), DENY(io_uring_setup), DENY(io_uring_enter),
    DENY(io_uring_register), DENY(keyctl), DENY(mount), DENY(open_by_handle_at), DENY(perf_event_open),
    DENY(pidfd_getfd), DENY(pivot_root), DENY(process_vm_readv), DENY(process_vm_writev), DENY(ptrace),
    DENY(reboot), DENY(request_key), DENY(setns), DENY(sethostname), DENY(setdomainname), DENY(swapon),
    DENY(swapoff), DENY(syslog), DENY(umount2), DENY(unshare), DENY(userfaultfd),
    REFUSE(ENOSYS),
};

int seccomp_load(void) {
  const struct sock_fprog program = {
      .len = sizeof filter / sizeof filter[0],
      .filter = (struct sock_filter *)filter,
  };
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
