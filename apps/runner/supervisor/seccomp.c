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
 * Left out, too, is what reaches a pool or a switch of the whole machine that no cgroup counts: filters on sockets and
 * of system calls (each takes kernel memory, and bpf_jit_limit is the machine's), aio contexts (aio-max-nr), memory
 * policies, huge pages, barriers and timestamps that are switched on for every processor. Options of sockets, ioctl,
 * fcntl and prctl are allow-lists for that reason. These calls answer as on a kernel that was built without the feature.
 * Advice about files (`advice`) answers 0 and does nothing: it would act on files and disks that the host shares.
 * docs/system-calls.md says of every call what it can reach and what bounds it; a test compares that list with this one.
 *
 * The kernel tries a filter with every number there is when it is loaded, so as not to ask it later about those that are
 * allowed whatever their arguments. Searched from its top, the list would take half a millisecond of every sandbox for that; as a
 * tree of comparisons, whose leaves are the decisions or jump to the rule about the arguments, it takes a tenth. What programs
 * call millions of times (read, write, futex, brk, munmap) is allowed whatever its arguments.
 */
#define _GNU_SOURCE
#include "seccomp.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
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
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* The block, which ends in a return, for this value; else goes on behind it. */
#define WHERE(value, ...)                                                                          \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, COUNT(((struct sock_filter[]){__VA_ARGS__}))), __VA_ARGS__
/* If equal, goes on behind the next `comparisons`, where one that is equal would. */
#define OR_EQUAL(value, comparisons) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (comparisons), 0)
/* A call that is decided by its arguments. Every path ends in a return. */
#define RULE(name, ...)                                                                            \
  {SYS_##name, (const struct sock_filter[]){__VA_ARGS__}, COUNT(((struct sock_filter[]){__VA_ARGS__}))}

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
/* Runs the next `count` instructions only for this system call. */
#define FOR_CALL(name, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, (count))
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
    SYS_execveat, SYS_exit, SYS_exit_group, SYS_faccessat, SYS_faccessat2, SYS_fallocate, SYS_fchdir, SYS_fchmod,
    SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_fgetxattr, SYS_flistxattr, SYS_flock, SYS_fremovexattr,
    SYS_fsetxattr, SYS_fstat, SYS_fstatfs, SYS_ftruncate, SYS_futex, SYS_get_robust_list, SYS_getcpu, SYS_getcwd,
    SYS_getdents64, SYS_getegid, SYS_geteuid, SYS_getgid, SYS_getgroups, SYS_getitimer, SYS_getpeername,
    SYS_getpgid, SYS_getpid, SYS_getppid, SYS_getpriority, SYS_getrandom, SYS_getresgid, SYS_getresuid,
    SYS_getrlimit, SYS_getrusage, SYS_getsid, SYS_getsockname, SYS_gettid, SYS_gettimeofday, SYS_getuid,
    SYS_getxattr, SYS_inotify_add_watch, SYS_inotify_init1, SYS_inotify_rm_watch, SYS_ioprio_get, SYS_ioprio_set,
    SYS_kill, SYS_lgetxattr, SYS_linkat, SYS_listen, SYS_listxattr, SYS_llistxattr, SYS_lremovexattr, SYS_lseek,
    SYS_lsetxattr, SYS_mincore, SYS_mkdirat, SYS_mknodat, SYS_mlock, SYS_mlock2, SYS_mlockall, SYS_mprotect,
    SYS_mremap, SYS_msgctl, SYS_msgget, SYS_msgrcv, SYS_msgsnd, SYS_munlock, SYS_munlockall, SYS_munmap,
    SYS_nanosleep, SYS_newfstatat, SYS_openat, SYS_openat2, SYS_pidfd_open, SYS_pidfd_send_signal, SYS_pipe2,
    SYS_pkey_alloc, SYS_pkey_free, SYS_pkey_mprotect, SYS_ppoll, SYS_pread64, SYS_preadv, SYS_preadv2, SYS_pselect6,
    SYS_pwrite64, SYS_pwritev, SYS_pwritev2, SYS_read, SYS_readlinkat, SYS_readv, SYS_recvfrom, SYS_recvmmsg,
    SYS_recvmsg, SYS_removexattr, SYS_renameat, SYS_renameat2, SYS_restart_syscall, SYS_rseq, SYS_rt_sigaction,
    SYS_rt_sigpending, SYS_rt_sigprocmask, SYS_rt_sigqueueinfo, SYS_rt_sigreturn, SYS_rt_sigsuspend,
    SYS_rt_sigtimedwait, SYS_rt_tgsigqueueinfo, SYS_sched_get_priority_max, SYS_sched_get_priority_min,
    SYS_sched_getaffinity, SYS_sched_getattr, SYS_sched_getparam, SYS_sched_getscheduler, SYS_sched_rr_get_interval,
    SYS_sched_setaffinity, SYS_sched_setattr, SYS_sched_setparam, SYS_sched_setscheduler, SYS_sched_yield,
    SYS_semctl, SYS_semget, SYS_semop, SYS_semtimedop, SYS_sendfile, SYS_set_robust_list, SYS_set_tid_address,
    SYS_setfsgid, SYS_setfsuid, SYS_setgid, SYS_setgroups, SYS_setitimer, SYS_setpgid, SYS_setpriority,
    SYS_setregid, SYS_setresgid, SYS_setresuid, SYS_setreuid, SYS_setsid, SYS_setuid, SYS_setxattr, SYS_shmat,
    SYS_shmctl, SYS_shmdt, SYS_shutdown, SYS_sigaltstack, SYS_signalfd4, SYS_statfs, SYS_statx, SYS_symlinkat,
    SYS_sysinfo, SYS_tgkill, SYS_timer_create, SYS_timer_delete, SYS_timer_getoverrun, SYS_timer_gettime,
    SYS_timer_settime, SYS_timerfd_create, SYS_timerfd_gettime, SYS_timerfd_settime, SYS_times, SYS_tkill,
    SYS_truncate, SYS_umask, SYS_uname, SYS_unlinkat, SYS_utimensat, SYS_wait4, SYS_waitid, SYS_write, SYS_writev,
#ifdef __x86_64__
    SYS_access, SYS_alarm, SYS_arch_prctl, SYS_chmod, SYS_chown, SYS_creat, SYS_dup2, SYS_epoll_create,
    SYS_epoll_wait, SYS_eventfd, SYS_fork, SYS_futimesat, SYS_getdents, SYS_getpgrp, SYS_inotify_init, SYS_lchown,
    SYS_link, SYS_lstat, SYS_mkdir, SYS_mknod, SYS_open, SYS_pause, SYS_pipe, SYS_poll, SYS_readlink, SYS_rename,
    SYS_rmdir, SYS_select, SYS_signalfd, SYS_stat, SYS_symlink, SYS_time, SYS_unlink, SYS_utime, SYS_utimes,
    SYS_vfork,
#endif
};

/*
 * Answers 0 and does nothing. On the program's own files, which are in memory, these calls do nothing anyway; on those of the
 * host they drop or load its page cache, and flush its disks.
 */
static const uint16_t advice[] = {
    SYS_fadvise64, SYS_fdatasync, SYS_fsync, SYS_readahead, SYS_sync, SYS_sync_file_range, SYS_syncfs,
};

/* What programs are known to try: answers EPERM. Everything that is named nowhere answers ENOSYS. */
static const uint16_t forbidden[] = {
    SYS_add_key, SYS_bpf, SYS_chroot, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup, SYS_keyctl,
    SYS_mount, SYS_open_by_handle_at, SYS_perf_event_open, SYS_pidfd_getfd, SYS_pivot_root, SYS_process_vm_readv,
    SYS_process_vm_writev, SYS_ptrace, SYS_reboot, SYS_request_key, SYS_setdomainname, SYS_sethostname, SYS_setns,
    SYS_swapoff, SYS_swapon, SYS_syslog, SYS_umount2, SYS_unshare, SYS_userfaultfd,
};

/* From one value to another, both included. */
struct range {
  uint32_t from, to;
};
#define ONE(value) {(value), (value)}

/* --- calls that are allowed for some arguments ------------------------------------------------------------------ */

#define LOAD_TYPE LOAD_ARGUMENT(1), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf) /* without SOCK_CLOEXEC and SOCK_NONBLOCK */
#define PROTOCOL(name) LOAD_ARGUMENT(2), IF_EQUAL(0), ALLOW, IF_EQUAL(name), ALLOW, REFUSE(EPROTONOSUPPORT)
#define OTHER_TYPE IF_EQUAL(SOCK_RAW), REFUSE(EPERM), REFUSE(ESOCKTNOSUPPORT)
#define UNIX_SOCKET                                                                                \
  LOAD_TYPE, OR_EQUAL(SOCK_STREAM, 2), OR_EQUAL(SOCK_DGRAM, 1), WHERE(SOCK_SEQPACKET, PROTOCOL(PF_UNIX)), OTHER_TYPE
#define INET_SOCKET                                                                                \
  LOAD_TYPE, WHERE(SOCK_STREAM, PROTOCOL(IPPROTO_TCP)), WHERE(SOCK_DGRAM, PROTOCOL(IPPROTO_UDP)), OTHER_TYPE
/* MSG_OOB: lists of urgent bytes on unix sockets have been a way out more than once. MSG_ZEROCOPY pins pages. */
#define REFUSED_MESSAGES (MSG_OOB | MSG_ZEROCOPY | MSG_FASTOPEN)
#define SENDS(name, flags) RULE(name, LOAD_ARGUMENT(flags), IF_ANY_BIT(REFUSED_MESSAGES), REFUSE(EOPNOTSUPP), ALLOW)
#define MFD_ALLOWED (MFD_CLOEXEC | MFD_ALLOW_SEALING | 0x8 /* MFD_NOEXEC_SEAL */ | 0x10 /* MFD_EXEC */)
#define MEMBARRIER_OF_THE_MACHINE                                                                   \
  (MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED)

static const struct rule {
  uint16_t number;
  const struct sock_filter *code;
  size_t length;
} rules[] = {
    RULE(clone, LOAD_ARGUMENT(0), IF_ANY_BIT(NAMESPACE_FLAGS), REFUSE(EPERM), ALLOW),
    RULE(personality, LOAD_ARGUMENT(0), IF_EQUAL(0), ALLOW, IF_EQUAL(0xffffffff), ALLOW, REFUSE(EPERM)),
    /* It stays at 1: with 0 a crash would start the host's crash handler, as the host's root (program.c). */
    RULE(setrlimit, LOAD_ARGUMENT(0), IF_EQUAL(RLIMIT_CORE), REFUSE(EPERM), ALLOW),
    /* The new limit is a pointer, in two words; none: only asks. */
    RULE(prlimit64, LOAD_ARGUMENT(1), WHERE(RLIMIT_CORE, LOAD_ARGUMENT(2), WHERE(0, LOAD_HIGH(2), IF_EQUAL(0), ALLOW, REFUSE(EPERM)), REFUSE(EPERM)),
         ALLOW),

    /*
     * Every other protocol is a module that the kernel would load (MPTCP, UDP-Lite, SCTP, DCCP, ping), and so is every other
     * family: also by socketpair, which makes its sockets before it looks whether they can be paired.
     */
    RULE(socket, LOAD_ARGUMENT(0), WHERE(AF_UNIX, UNIX_SOCKET), OR_EQUAL(AF_INET, 1),
         WHERE(AF_INET6, INET_SOCKET), REFUSE(EAFNOSUPPORT)),
    RULE(socketpair, LOAD_ARGUMENT(0), WHERE(AF_UNIX, UNIX_SOCKET), OR_EQUAL(AF_INET, 1),
         IF_EQUAL(AF_INET6), REFUSE(EOPNOTSUPP), REFUSE(EAFNOSUPPORT)),
    SENDS(sendto, 3),
    SENDS(sendmsg, 2),
    SENDS(sendmmsg, 3),

    /* Huge pages come from a pool of the machine. */
    RULE(mmap, LOAD_ARGUMENT(3), IF_ANY_BIT(MAP_HUGETLB), REFUSE(ENOMEM), ALLOW),
    RULE(shmget, LOAD_ARGUMENT(2), IF_ANY_BIT(SHM_HUGETLB), REFUSE(ENOMEM), ALLOW),
    RULE(memfd_create, LOAD_ARGUMENT(1), IF_ANY_BIT(~(unsigned)MFD_ALLOWED), REFUSE(EINVAL), ALLOW),
    /* A barrier among the program's own threads is its own; the others interrupt or wait for every processor. */
    RULE(membarrier, LOAD_ARGUMENT(0), IF_ANY_BIT(MEMBARRIER_OF_THE_MACHINE), REFUSE(EINVAL), ALLOW),
    /* As advice, with a file that is mapped. */
    RULE(msync, LOAD_ARGUMENT(2), IF_ANY_BIT(MS_SYNC), REFUSE(0), ALLOW),
    /* Pages of files that others read, in a pipe: as if that could not be done with these files, whichever they are. */
    RULE(splice, REFUSE(EINVAL)),
};

/* Commands of fcntl. Not notification by signals (F_NOTIFY) and leases: they hang on inodes. */
static const struct range fcntl_commands[] = {
    {F_DUPFD, F_SETLKW}, {F_SETOWN, F_GETSIG}, {F_SETOWN_EX, F_GETOWN_EX}, {F_OFD_GETLK, F_OFD_SETLKW},
    {F_DUPFD_CLOEXEC, F_GET_SEALS},
};

/*
 * Of madvise. Not merging of equal pages (the machine's scanner), collapsing and poisoning; advice to load a file is advice.
 * 102 and 103 are guard pages, of which newer libraries make the ends of stacks.
 */
static const struct range memory_advice[] = {
    {MADV_NORMAL, MADV_SEQUENTIAL}, ONE(MADV_DONTNEED), {MADV_FREE, MADV_DOFORK}, {MADV_HUGEPAGE, MADV_KEEPONFORK},
    {22 /* MADV_POPULATE_READ */, 24 /* MADV_DONTNEED_LOCKED */}, {102, 103},
};

/*
 * Of prctl. Not PR_SET_SECCOMP (each filter takes kernel memory for the rest of the process), PR_SCHED_CORE and
 * PR_SET_MEMORY_MERGE (switches of the machine), PR_SET_VMA and PR_SET_PTRACER (kernel memory for names and relations).
 */
static const struct range process_controls[] = {
    {PR_SET_PDEATHSIG, PR_SET_DUMPABLE}, {PR_GET_KEEPCAPS, PR_SET_KEEPCAPS}, {PR_SET_NAME, PR_GET_NAME},
    ONE(PR_GET_SECCOMP), ONE(PR_CAPBSET_READ), ONE(PR_GET_SECUREBITS), {PR_SET_TIMERSLACK, PR_GET_TIMERSLACK},
    {PR_SET_CHILD_SUBREAPER, PR_GET_NO_NEW_PRIVS}, {PR_SET_THP_DISABLE, PR_GET_THP_DISABLE}, ONE(PR_CAP_AMBIENT),
    ONE(PR_GET_SPECULATION_CTRL), ONE(0x41555856 /* PR_GET_AUXV */),
#ifdef __aarch64__
    {PR_SVE_SET_VL, PR_SVE_GET_VL}, ONE(PR_PAC_RESET_KEYS), {PR_SET_TAGGED_ADDR_CTRL, PR_GET_TAGGED_ADDR_CTRL},
    {63 /* PR_SME_SET_VL */, 64 /* PR_SME_GET_VL */},
#endif
};

/*
 * Of ioctl: terminals, descriptors, and what a network of its own has. Not line disciplines (TIOCSETD loads their modules),
 * timestamps of packets (SIOCGSTAMP switches them on for the machine), and files: clones, extents, checks, freezing.
 */
static const struct range controls[] = {
    {TCGETS, TCFLSH}, {TIOCSCTTY, TIOCOUTQ}, {TIOCGWINSZ, TIOCSWINSZ}, ONE(FIONREAD), {TIOCPKT, TIOCNOTTY},
    {TCSBRKP, TCSBRKP}, ONE(TIOCGSID), ONE(TCGETS2), ONE(TCSETS2), ONE(TCSETSW2), ONE(TCSETSF2), ONE(TIOCGPTN),
    ONE(TIOCSPTLCK), ONE(TIOCGPTLCK), ONE(TIOCGPTPEER), {FIONCLEX, FIOASYNC}, {FIOSETOWN, SIOCATMARK},
    {SIOCGIFNAME, SIOCGIFNAME}, {SIOCGIFCONF, SIOCGIFFLAGS}, ONE(SIOCGIFADDR), ONE(SIOCGIFDSTADDR), ONE(SIOCGIFBRDADDR),
    ONE(SIOCGIFNETMASK), ONE(SIOCGIFMTU), ONE(SIOCGIFHWADDR), ONE(SIOCGIFINDEX),
};

/* Calls whose argument must be of a list, and what they answer else. */
static const struct list {
  uint16_t number;
  unsigned argument;
  const struct range *ranges;
  size_t count;
  int error;
} lists[] = {
    {SYS_fcntl, 1, fcntl_commands, COUNT(fcntl_commands), EINVAL},
    {SYS_madvise, 2, memory_advice, COUNT(memory_advice), EINVAL},
    {SYS_prctl, 0, process_controls, COUNT(process_controls), EINVAL},
    {SYS_ioctl, 1, controls, COUNT(controls), ENOTTY},
};

/* Before its list: one value that answers otherwise than the rest. */
static const struct exception {
  uint16_t number;
  uint32_t value;
  int error;
} exceptions[] = {
    {SYS_madvise, MADV_WILLNEED, 0},
    /* Typing into a terminal that somebody else reads. */
    {SYS_ioctl, TIOCSTI, EPERM},
    {SYS_ioctl, TIOCLINUX, EPERM},
};

/* Options of sockets that can be set and asked for. */
static const struct range base_options[] = {
    ONE(SO_REUSEADDR), {SO_DONTROUTE, SO_LINGER}, {SO_REUSEPORT, SO_PASSCRED}, ONE(SO_RCVLOWAT),
    {SO_RCVTIMEO_OLD, SO_SNDTIMEO_OLD}, ONE(SO_BINDTODEVICE), ONE(SO_PEEK_OFF), {SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW},
};
/* Not TCP_LINGER2, by which connections stay without a descriptor. The machine has a number of such. */
static const struct range tcp_options[] = {
    {TCP_NODELAY, TCP_SYNCNT}, {TCP_DEFER_ACCEPT, TCP_WINDOW_CLAMP}, ONE(TCP_QUICKACK), ONE(TCP_USER_TIMEOUT), ONE(TCP_NOTSENT_LOWAT),
};
/* Not memberships: kernel code and memory for groups that nobody else is in. */
static const struct range ip_options[] = {
    {IP_TOS, IP_TTL}, ONE(IP_PKTINFO), {IP_MTU_DISCOVER, IP_RECVTOS}, ONE(IP_FREEBIND), ONE(IP_BIND_ADDRESS_NO_PORT),
    {IP_MULTICAST_IF, IP_MULTICAST_LOOP},
};
static const struct range ipv6_options[] = {
    {IPV6_UNICAST_HOPS, IPV6_MULTICAST_LOOP}, ONE(IPV6_MTU_DISCOVER), {IPV6_RECVERR, IPV6_V6ONLY},
    {IPV6_RECVPKTINFO, IPV6_PKTINFO}, {IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT}, {IPV6_RECVTCLASS, IPV6_TCLASS},
};
/* Options that can only be asked for. Not cookies: they count the sockets and networks of the machine. */
static const struct range base_facts[] = {
    ONE(SO_DEBUG), {SO_TYPE, SO_ERROR}, ONE(SO_PEERCRED), ONE(SO_SNDLOWAT), ONE(SO_PEERNAME), ONE(SO_ACCEPTCONN),
    {SO_PROTOCOL, SO_DOMAIN}, ONE(SO_PEERGROUPS),
};
static const struct range tcp_facts[] = {ONE(TCP_INFO), ONE(TCP_CONGESTION)};
static const struct range ip_facts[] = {ONE(IP_MTU)};
static const struct range ipv6_facts[] = {ONE(IPV6_MTU)};

static const struct level {
  uint32_t level;
  const struct range *options, *facts;
  size_t option_count, fact_count;
} levels[] = {
    {SOL_SOCKET, base_options, base_facts, COUNT(base_options), COUNT(base_facts)},
    {IPPROTO_TCP, tcp_options, tcp_facts, COUNT(tcp_options), COUNT(tcp_facts)},
    {IPPROTO_IP, ip_options, ip_facts, COUNT(ip_options), COUNT(ip_facts)},
    {IPPROTO_IPV6, ipv6_options, ipv6_facts, COUNT(ipv6_options), COUNT(ipv6_facts)},
};

/* --- the program ----------------------------------------------------------------------------------------------- */

#define NUMBERS 1024
/* What is done with a number: one of these, or the code that starts at this index of the filter. */
enum { UNKNOWN, ALLOWED, ADVICE, FORBIDDEN, FIRST_TARGET };

static uint8_t actions[NUMBERS];
/* Number 0 up to the first bound, from there to the next, and so on: alike. */
static uint16_t bounds[NUMBERS];
static unsigned bound_count;
static struct sock_filter filter[COUNT(head) + COUNT(clocks) + COUNT(apart) + 4 * NUMBERS];
static size_t length;
/* Where the code for a call begins. */
static size_t targets[COUNT(rules) + COUNT(lists) + 2], target_count;

static void emit(struct sock_filter instruction) { filter[length++] = instruction; }

static void set_all(const uint16_t *numbers, size_t count, uint8_t action) {
  for (size_t i = 0; i < count; i++) actions[numbers[i]] = action;
}

static void find_bounds(void) {
  set_all(permitted, COUNT(permitted), ALLOWED);
  set_all(advice, COUNT(advice), ADVICE);
  set_all(forbidden, COUNT(forbidden), FORBIDDEN);
  for (size_t i = 0; i < COUNT(rules); i++) actions[rules[i].number] = (uint8_t)(FIRST_TARGET + target_count++);
  for (size_t i = 0; i < COUNT(lists); i++) actions[lists[i].number] = (uint8_t)(FIRST_TARGET + target_count++);
  actions[SYS_getsockopt] = (uint8_t)(FIRST_TARGET + target_count++);
  actions[SYS_setsockopt] = (uint8_t)(FIRST_TARGET + target_count++);
  for (unsigned number = 1; number < NUMBERS; number++) {
    if (actions[number] != actions[number - 1]) bounds[bound_count++] = (uint16_t)number;
  }
}

static void emit_action(unsigned action) {
  switch (action) {
    case UNKNOWN: emit((struct sock_filter)REFUSE(ENOSYS)); break;
    case ALLOWED: emit((struct sock_filter)ALLOW); break;
    case ADVICE: emit((struct sock_filter)REFUSE(0)); break;
    case FORBIDDEN: emit((struct sock_filter)REFUSE(EPERM)); break;
    /* Where it is is filled in when all of the tree is there. */
    default: emit((struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, action - FIRST_TARGET));
  }
}

/*
 * Decides between the stretches that end at the bounds from `low` up to `high`, and the one behind them.
 * @returns whether it could be expressed
 */
static bool search(unsigned low, unsigned high) {
  if (low == high) {
    emit_action(actions[low == 0 ? 0 : bounds[low - 1]]);
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

/* Allows what is loaded if it is in one of the ranges; else goes on behind. */
static void emit_ranges(const struct range *ranges, size_t count) {
  size_t comparisons = 0, done = 0;
  for (size_t i = 0; i < count; i++) comparisons += ranges[i].from == ranges[i].to ? 1 : 2;
  for (size_t i = 0; i < count; i++) {
    if (ranges[i].from != ranges[i].to) {
      emit((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ranges[i].from, 0, 1));
      done += 2;
      emit((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, ranges[i].to, 0, (uint8_t)(comparisons - done + 1)));
    } else {
      done += 1;
      emit((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ranges[i].from, (uint8_t)(comparisons - done + 1), 0));
    }
  }
  emit((struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
  emit((struct sock_filter)ALLOW);
}

static void emit_list(const struct list *list) {
  emit((struct sock_filter)LOAD_ARGUMENT(list->argument));
  for (size_t i = 0; i < COUNT(exceptions); i++) {
    if (exceptions[i].number != list->number) continue;
    emit((struct sock_filter)IF_EQUAL(exceptions[i].value));
    emit((struct sock_filter)REFUSE(exceptions[i].error));
  }
  emit_ranges(list->ranges, list->count);
  emit((struct sock_filter)REFUSE(list->error));
}

/*
 * Options, by level and number, two arguments. What can only be asked for is looked at before what can be set, too.
 * @returns whether it could be expressed
 */
static bool emit_options(bool are_facts) {
  for (size_t i = 0; i < COUNT(levels); i++) {
    emit((struct sock_filter)LOAD_ARGUMENT(1));
    size_t at = length++;
    emit((struct sock_filter)LOAD_ARGUMENT(2));
    if (are_facts) {
      emit_ranges(levels[i].facts, levels[i].fact_count);
    } else {
      emit_ranges(levels[i].options, levels[i].option_count);
      emit((struct sock_filter)REFUSE(ENOPROTOOPT));
    }
    size_t block = length - at - 1;
    if (block > UINT8_MAX) return false;
    filter[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, levels[i].level, 0, (uint8_t)block);
  }
  return true;
}

static void append(const struct sock_filter *part, size_t count) {
  memcpy(filter + length, part, count * sizeof *part);
  length += count;
}

static bool make_filter(bool shares_ids) {
  append(head, COUNT(head));
  append(clocks, COUNT(clocks));
  if (shares_ids) append(apart, COUNT(apart));
  size_t first = length;
  find_bounds();
  if (!search(0, bound_count)) return false;
  size_t tree = length, at = 0;
  for (size_t i = 0; i < COUNT(rules); i++) {
    targets[at++] = length;
    append(rules[i].code, rules[i].length);
  }
  for (size_t i = 0; i < COUNT(lists); i++) {
    targets[at++] = length;
    emit_list(&lists[i]);
  }
  targets[at++] = length; /* getsockopt: runs on into setsockopt's */
  if (!emit_options(true)) return false;
  targets[at++] = length;
  if (!emit_options(false)) return false;
  emit((struct sock_filter)REFUSE(ENOPROTOOPT));
  for (size_t i = first; i < tree; i++) {
    if (filter[i].code == (BPF_JMP | BPF_JA)) filter[i].k = (uint32_t)(targets[filter[i].k] - i - 1);
  }
  return true;
}

int seccomp_load(bool shares_ids) {
  errno = EINVAL;
  if (!make_filter(shares_ids)) return -1;
  const struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
