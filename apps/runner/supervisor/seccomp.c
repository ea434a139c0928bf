/*
 * The system call filter: an allow-list. What is not named here answers ENOSYS, as a kernel without it would,
 * so that libraries fall back. What programs are known to try, and must not have, answers EPERM.
 *
 * Left out on purpose, beside everything that needs privilege anyway: io_uring (a second way to every system
 * call), keyctl family, bpf, userfaultfd, perf_event_open, the mount API, unshare and setns, clone with
 * namespace flags, ptrace and process_vm_*, and sockets other than unix and inet streams and datagrams
 * (AF_ALG, AF_VSOCK, AF_NETLINK, AF_PACKET and raw sockets reach kernel code that has no business here).
 * clone3 answers ENOSYS because its flags are behind a pointer that no filter can read; libc then uses clone.
 *
 * The kernel tries a filter with every number there is when it is loaded, so as not to ask it later about those that are
 * allowed whatever their arguments. Searched from its top, the list would take half a millisecond of every sandbox for that; as a
 * tree of comparisons it takes a tenth.
 */
#define _GNU_SOURCE
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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
#define DENY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), REFUSE(EPERM)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Of another ABI than the numbers below are. */
static const struct sock_filter head[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#ifdef X32_SYSCALL_BIT
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_SYSCALL_BIT, 0, 1),
    REFUSE(ENOSYS),
#endif
};

/*
 * Before the list is asked. A clock can be that of another process: one that is the supervisor's CPU time would let timers be
 * hung on the supervisor, whatever its uid. Its number is made of the pid: ~1 << 3, and in three bits what is counted.
 */
#define CLOCKS_OF_FIRST (~1u << 3)
#define NO_CLOCK_OF_FIRST(name)                                                                             \
  FOR_CALL(name, 5), LOAD_ARGUMENT(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~7u), IF_EQUAL(CLOCKS_OF_FIRST), \
      REFUSE(EINVAL), LOAD(nr)
static const struct sock_filter clocks[] = {NO_CLOCK_OF_FIRST(timer_create), NO_CLOCK_OF_FIRST(clock_nanosleep)};

/*
 * Before the list is asked, where supervisor and program have one uid (ids.c): no limit, priority, scheduling or processor of
 * process 1 is changed, as if it belonged to somebody else. There is no other process but the program's own: those, and
 * threads, may be named by their numbers as everywhere. Calls for all processes of a user would reach process 1, and are refused.
 */
#define FIRST_PROCESS 1
#define NOT_FIRST(name) FOR_CALL(name, 4), LOAD_ARGUMENT(0), IF_EQUAL(FIRST_PROCESS), REFUSE(EPERM), LOAD(nr)
/* The first argument says what the second names: a process, a group of them, or all of a user. */
#define NOT_FIRST_OF(name, user)                                                                           \
  FOR_CALL(name, 7), LOAD_ARGUMENT(0), IF_EQUAL(user), REFUSE(EPERM), LOAD_ARGUMENT(1), IF_EQUAL(FIRST_PROCESS), \
      REFUSE(EPERM), LOAD(nr)
static const struct sock_filter apart[] = {
    NOT_FIRST(prlimit64), NOT_FIRST(sched_setaffinity), NOT_FIRST(sched_setattr), NOT_FIRST(sched_setparam),
    NOT_FIRST(sched_setscheduler), NOT_FIRST_OF(setpriority, PRIO_USER), NOT_FIRST_OF(ioprio_set, 3 /* IOPRIO_WHO_USER */),
};

/* Allowed, whatever the arguments. */
static const uint16_t permitted[] = {
    SYS_accept, SYS_accept4, SYS_bind, SYS_brk, SYS_capget, SYS_capset, SYS_chdir, SYS_clock_getres,
    SYS_clock_gettime, SYS_clock_nanosleep, SYS_close, SYS_close_range, SYS_connect, SYS_copy_file_range, SYS_dup,
    SYS_dup3, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_epoll_pwait2, SYS_eventfd2, SYS_execve,
    SYS_execveat, SYS_exit, SYS_exit_group, SYS_faccessat, SYS_faccessat2, SYS_fadvise64, SYS_fallocate,
    SYS_fchdir, SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_fcntl, SYS_fdatasync, SYS_fgetxattr,
    SYS_flistxattr, SYS_flock, SYS_fremovexattr, SYS_fsetxattr, SYS_fstat, SYS_fstatfs, SYS_fsync, SYS_ftruncate,
    SYS_futex, SYS_futex_waitv, SYS_get_mempolicy, SYS_get_robust_list, SYS_getcpu, SYS_getcwd, SYS_getdents64,
    SYS_getegid, SYS_geteuid, SYS_getgid, SYS_getgroups, SYS_getitimer, SYS_getpeername, SYS_getpgid, SYS_getpid,
    SYS_getppid, SYS_getpriority, SYS_getrandom, SYS_getresgid, SYS_getresuid, SYS_getrlimit, SYS_getrusage,
    SYS_getsid, SYS_getsockname, SYS_getsockopt, SYS_gettid, SYS_gettimeofday, SYS_getuid, SYS_getxattr,
    SYS_inotify_add_watch, SYS_inotify_init1, SYS_inotify_rm_watch, SYS_io_cancel, SYS_io_destroy,
    SYS_io_getevents, SYS_io_setup, SYS_io_submit, SYS_ioprio_get, SYS_ioprio_set, SYS_kill, SYS_lgetxattr,
    SYS_linkat, SYS_listen, SYS_listxattr, SYS_llistxattr, SYS_lremovexattr, SYS_lseek, SYS_lsetxattr, SYS_madvise,
    SYS_mbind, SYS_membarrier, SYS_memfd_create, SYS_mincore, SYS_mkdirat, SYS_mknodat, SYS_mlock, SYS_mlock2,
    SYS_mlockall, SYS_mmap, SYS_mprotect, SYS_mq_getsetattr, SYS_mq_notify, SYS_mq_open, SYS_mq_timedreceive,
    SYS_mq_timedsend, SYS_mq_unlink, SYS_mremap, SYS_msgctl, SYS_msgget, SYS_msgrcv, SYS_msgsnd, SYS_msync,
    SYS_munlock, SYS_munlockall, SYS_munmap, SYS_nanosleep, SYS_newfstatat, SYS_openat, SYS_openat2,
    SYS_pidfd_open, SYS_pidfd_send_signal, SYS_pipe2, SYS_pkey_alloc, SYS_pkey_free, SYS_pkey_mprotect, SYS_ppoll,
    SYS_prctl, SYS_pread64, SYS_preadv, SYS_preadv2, SYS_pselect6, SYS_pwrite64, SYS_pwritev, SYS_pwritev2,
    SYS_read, SYS_readahead, SYS_readlinkat, SYS_readv, SYS_recvfrom, SYS_recvmmsg, SYS_recvmsg, SYS_removexattr,
    SYS_renameat, SYS_renameat2, SYS_restart_syscall, SYS_rseq, SYS_rt_sigaction, SYS_rt_sigpending,
    SYS_rt_sigprocmask, SYS_rt_sigqueueinfo, SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_rt_sigtimedwait,
    SYS_rt_tgsigqueueinfo, SYS_sched_get_priority_max, SYS_sched_get_priority_min, SYS_sched_getaffinity,
    SYS_sched_getattr, SYS_sched_getparam, SYS_sched_getscheduler, SYS_sched_rr_get_interval,
    SYS_sched_setaffinity, SYS_sched_setattr, SYS_sched_setparam, SYS_sched_setscheduler, SYS_sched_yield,
    SYS_semctl, SYS_semget, SYS_semop, SYS_semtimedop, SYS_sendfile, SYS_sendmmsg, SYS_sendmsg, SYS_sendto,
    SYS_set_mempolicy, SYS_set_robust_list, SYS_set_tid_address, SYS_setfsgid, SYS_setfsuid, SYS_setgid,
    SYS_setgroups, SYS_setitimer, SYS_setpgid, SYS_setpriority, SYS_setregid, SYS_setresgid, SYS_setresuid,
    SYS_setreuid, SYS_setsid, SYS_setsockopt, SYS_setuid, SYS_setxattr, SYS_shmat, SYS_shmctl, SYS_shmdt,
    SYS_shmget, SYS_shutdown, SYS_sigaltstack, SYS_signalfd4, SYS_socketpair, SYS_splice, SYS_statfs, SYS_statx,
    SYS_symlinkat, SYS_sync, SYS_sync_file_range, SYS_syncfs, SYS_sysinfo, SYS_tee, SYS_tgkill, SYS_timer_create,
    SYS_timer_delete, SYS_timer_getoverrun, SYS_timer_gettime, SYS_timer_settime, SYS_timerfd_create,
    SYS_timerfd_gettime, SYS_timerfd_settime, SYS_times, SYS_tkill, SYS_truncate, SYS_umask, SYS_uname,
    SYS_unlinkat, SYS_utimensat, SYS_vmsplice, SYS_wait4, SYS_waitid, SYS_write, SYS_writev,
#ifdef __x86_64__
    SYS_access, SYS_alarm, SYS_arch_prctl, SYS_chmod, SYS_chown, SYS_creat, SYS_dup2, SYS_epoll_create,
    SYS_epoll_ctl_old, SYS_epoll_wait, SYS_epoll_wait_old, SYS_eventfd, SYS_fork, SYS_futimesat, SYS_getdents,
    SYS_getpgrp, SYS_get_thread_area, SYS_inotify_init, SYS_lchown, SYS_link, SYS_lstat, SYS_mkdir, SYS_mknod,
    SYS_open, SYS_pause, SYS_pipe, SYS_poll, SYS_readlink, SYS_rename, SYS_rmdir, SYS_select, SYS_set_thread_area,
    SYS_signalfd, SYS_stat, SYS_symlink, SYS_time, SYS_unlink, SYS_utime, SYS_utimes, SYS_vfork,
#endif
};

/* For what is not permitted: by its arguments, or not at all. */
static const struct sock_filter rest[] = {
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

    DENY(add_key), DENY(bpf), DENY(chroot), DENY(io_uring_setup), DENY(io_uring_enter),
    DENY(io_uring_register), DENY(keyctl), DENY(mount), DENY(open_by_handle_at), DENY(perf_event_open),
    DENY(pidfd_getfd), DENY(pivot_root), DENY(process_vm_readv), DENY(process_vm_writev), DENY(ptrace),
    DENY(reboot), DENY(request_key), DENY(setns), DENY(sethostname), DENY(setdomainname), DENY(swapon),
    DENY(swapoff), DENY(syslog), DENY(umount2), DENY(unshare), DENY(userfaultfd),
    REFUSE(ENOSYS),
};

#define NUMBERS 1024
/* Number 0 up to the first bound, from there to the next, and so on: allowed and not, in turns. */
static unsigned bounds[NUMBERS], bound_count;
static bool is_first_permitted;
static struct sock_filter filter[COUNT(head) + COUNT(clocks) + COUNT(apart) + 3 * NUMBERS + COUNT(rest)];
static size_t length;

static void find_bounds(void) {
  static bool is_permitted[NUMBERS];
  for (size_t i = 0; i < COUNT(permitted); i++) is_permitted[permitted[i]] = true;
  is_first_permitted = is_permitted[0];
  for (unsigned number = 1; number < NUMBERS; number++) {
    if (is_permitted[number] != is_permitted[number - 1]) bounds[bound_count++] = number;
  }
}

/*
 * Decides between the stretches that end at the bounds from `low` up to `high`, and the one behind them.
 * @returns whether it could be expressed
 */
static bool search(unsigned low, unsigned high) {
  if (low == high) {
    bool is_allowed = is_first_permitted == (low % 2 == 0);
    /* How far it is to the rest is filled in when all of the tree is there. */
    filter[length++] = is_allowed ? (struct sock_filter)ALLOW : (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0);
    return true;
  }
  unsigned middle = (low + high) / 2;
  size_t at = length++;
  if (!search(low, middle)) return false;
  size_t left = length - at - 1;
  if (left > UINT8_MAX) return false;
  filter[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, bounds[middle], (uint8_t)left, 0);
  return search(middle + 1, high);
}

static void append(const struct sock_filter *part, size_t count) {
  memcpy(filter + length, part, count * sizeof *part);
  length += count;
}

static bool make_filter(bool shares_ids) {
  append(head, COUNT(head));
  append(clocks, COUNT(clocks));
  if (shares_ids) append(apart, COUNT(apart));
  size_t tree = length;
  find_bounds();
  if (!search(0, bound_count)) return false;
  for (size_t at = tree; at < length; at++) {
    if (filter[at].code == (BPF_JMP | BPF_JA)) filter[at].k = (uint32_t)(length - at - 1);
  }
  append(rest, COUNT(rest));
  return true;
}

int seccomp_load(bool shares_ids) {
  errno = EINVAL;
  if (!make_filter(shares_ids)) return -1;
  const struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
