/*
 * Tries the walls of a sandbox from inside, as a program that a stranger could have sent: the runner starts it in a
 * sandbox of each engine before it takes work (health/walls.ts). It changes nothing, and would do no harm where a
 * wall is missing.
 *
 * It is told on its command line what only the runner knows: `files=BYTES`, the size that the writable places were
 * given; `mark=TEXT`, by which the runner's things on the host are named; `inode=DEVICE:NUMBER:PATH`, files as the runner sees
 * them; and the runner's own namespaces (`net:[4026531840]`), none of which may be its own. For every wall that does not
 * hold it prints `wall: what is wrong`; at its end it prints `tried`.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define FILTER "system call filter"
#define BYTES_PER_INODE_AT_LEAST 512

__attribute__((format(printf, 2, 3))) static void broken(const char *wall, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("%s: ", wall);
  vprintf(format, arguments);
  putchar('\n');
  va_end(arguments);
}

/* --- system calls ------------------------------------------------------------------------------------------- */

/*
 * Arguments with which the kernel itself would answer something else than the filter, wherever there are such: no descriptor, no
 * address, no process. So it is the filter that is tried, not what this kernel was built with. 0: answers 0 and does nothing.
 */
static const struct refused {
  const char *name;
  long number;
  long arguments[5];
  int error;
} refused[] = {
    {"unshare", SYS_unshare, {0x40000000}, EPERM},
    {"setns", SYS_setns, {-1}, EPERM},
    {"clone3", SYS_clone3, {0, 0}, ENOSYS},
    {"ptrace", SYS_ptrace, {16 /* PTRACE_ATTACH */, 4000000}, EPERM},
    {"process_vm_readv", SYS_process_vm_readv, {4000000}, EPERM},
    {"process_vm_writev", SYS_process_vm_writev, {4000000}, EPERM},
    {"pidfd_getfd", SYS_pidfd_getfd, {-1}, EPERM},
    {"kcmp", SYS_kcmp, {1, 1}, ENOSYS},
    {"io_uring_setup", SYS_io_uring_setup, {0}, EPERM},
    {"io_uring_enter", SYS_io_uring_enter, {-1}, EPERM},
    {"userfaultfd", SYS_userfaultfd, {-1}, EPERM},
    {"perf_event_open", SYS_perf_event_open, {0}, EPERM},
    {"bpf", SYS_bpf, {-1}, EPERM},
    {"keyctl", SYS_keyctl, {KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING}, EPERM},
    {"add_key", SYS_add_key, {0}, EPERM},
    {"request_key", SYS_request_key, {0}, EPERM},
    {"open_by_handle_at", SYS_open_by_handle_at, {-1}, EPERM},
    {"mount", SYS_mount, {0}, EPERM},
    {"umount2", SYS_umount2, {0}, EPERM},
    {"pivot_root", SYS_pivot_root, {0}, EPERM},
    {"chroot", SYS_chroot, {0}, EPERM},
    {"fsopen", SYS_fsopen, {0}, ENOSYS},
    {"move_mount", SYS_move_mount, {-1}, ENOSYS},
    {"open_tree", SYS_open_tree, {-1}, ENOSYS},
    {"init_module", SYS_init_module, {0}, ENOSYS},
    {"kexec_load", SYS_kexec_load, {0}, ENOSYS},
    {"quotactl", SYS_quotactl, {0}, ENOSYS},
    {"name_to_handle_at", SYS_name_to_handle_at, {-1}, ENOSYS},
    {"personality", SYS_personality, {0x0040000 /* ADDR_NO_RANDOMIZE */}, EPERM},
    {"ioctl TIOCSTI", SYS_ioctl, {-1, 0x5412}, EPERM},

    /* Pools and switches of the whole machine. */
    {"SO_ATTACH_FILTER", SYS_setsockopt, {-1, SOL_SOCKET, SO_ATTACH_FILTER}, ENOPROTOOPT},
    {"SO_ATTACH_BPF", SYS_setsockopt, {-1, SOL_SOCKET, SO_ATTACH_BPF}, ENOPROTOOPT},
    {"SO_ATTACH_REUSEPORT_CBPF", SYS_setsockopt, {-1, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF}, ENOPROTOOPT},
    {"SO_TIMESTAMPING", SYS_setsockopt, {-1, SOL_SOCKET, SO_TIMESTAMPING}, ENOPROTOOPT},
    {"SO_ZEROCOPY", SYS_setsockopt, {-1, SOL_SOCKET, SO_ZEROCOPY}, ENOPROTOOPT},
    {"SO_NETNS_COOKIE", SYS_getsockopt, {-1, SOL_SOCKET, 71}, ENOPROTOOPT},
    {"TCP_ULP", SYS_setsockopt, {-1, IPPROTO_TCP, 31}, ENOPROTOOPT},
    {"TCP_MD5SIG", SYS_setsockopt, {-1, IPPROTO_TCP, 14}, ENOPROTOOPT},
    {"IP_ADD_MEMBERSHIP", SYS_setsockopt, {-1, IPPROTO_IP, IP_ADD_MEMBERSHIP}, ENOPROTOOPT},
    {"IPT_SO_SET_REPLACE", SYS_setsockopt, {-1, IPPROTO_IP, 64}, ENOPROTOOPT},
    {"UDP_ENCAP", SYS_setsockopt, {-1, IPPROTO_UDP, 100}, ENOPROTOOPT},
    {"MSG_OOB", SYS_sendmsg, {-1, 0, MSG_OOB}, EOPNOTSUPP},
    {"MSG_ZEROCOPY", SYS_sendto, {-1, 0, 0, MSG_ZEROCOPY}, EOPNOTSUPP},
    {"io_setup", SYS_io_setup, {0, 0}, ENOSYS},
    {"seccomp", SYS_seccomp, {1 /* SECCOMP_SET_MODE_FILTER */, 0, 0}, ENOSYS},
    {"PR_SET_SECCOMP", SYS_prctl, {PR_SET_SECCOMP, 2, 0}, EINVAL},
    {"PR_SCHED_CORE", SYS_prctl, {62, 0, 4000000}, EINVAL},
    {"mbind", SYS_mbind, {1}, ENOSYS},
    {"mq_open", SYS_mq_open, {0}, ENOSYS},
    {"vmsplice", SYS_vmsplice, {-1}, ENOSYS},
    {"tee", SYS_tee, {-1, -1, 1}, ENOSYS},
    {"splice", SYS_splice, {-1, 0, -1, 0, 1}, EINVAL},
    {"TIOCSETD", SYS_ioctl, {-1, 0x5423}, ENOTTY},
    {"SIOCGSTAMP", SYS_ioctl, {-1, 0x8906}, ENOTTY},
    {"FIFREEZE", SYS_ioctl, {-1, (long)0xc0045877}, ENOTTY},
    {"F_NOTIFY", SYS_fcntl, {-1, F_NOTIFY}, EINVAL},
    {"F_SETLEASE", SYS_fcntl, {-1, F_SETLEASE}, EINVAL},
    {"MAP_HUGETLB", SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (63L << 26), -1}, ENOMEM},
    {"SHM_HUGETLB", SYS_shmget, {0, 0, 01000 /* IPC_CREAT */ | 04000 /* SHM_HUGETLB */ | 0600}, ENOMEM},
    {"MFD_HUGETLB", SYS_memfd_create, {0, MFD_HUGETLB}, EINVAL},
    {"MADV_MERGEABLE", SYS_madvise, {0, 4096, MADV_MERGEABLE}, EINVAL},
    {"membarrier of all processors", SYS_membarrier, {1, 0}, EINVAL},
    {"posix_fadvise", SYS_fadvise64, {-1, 0, 0, POSIX_FADV_DONTNEED}, 0},
    {"readahead", SYS_readahead, {-1}, 0},
    {"syncfs", SYS_syncfs, {-1}, 0},
    {"fsync", SYS_fsync, {-1}, 0},
    {"fdatasync", SYS_fdatasync, {-1}, 0},
    {"sync_file_range", SYS_sync_file_range, {-1}, 0},
    {"MS_SYNC", SYS_msync, {1, 4096, MS_SYNC}, 0},
    {"MADV_WILLNEED", SYS_madvise, {1, 4096, MADV_WILLNEED}, 0},
};

static void try_calls(void) {
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    const long *a = refused[i].arguments;
    errno = 0;
    long result = syscall(refused[i].number, a[0], a[1], a[2], a[3], a[4]);
    bool is_refused = refused[i].error == 0 ? result == 0 : result == -1 && errno == refused[i].error;
    if (!is_refused) broken(FILTER, "%s: %s", refused[i].name, result == -1 ? strerror(errno) : "it works");
  }
  long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  if (child > 0 || errno != EPERM) broken(FILTER, "clone with a user namespace");
}

/* With a flag of the type that there is not: the kernel answers EINVAL before it looks at anything else. */
#define NO_SUCH_FLAG 0x100000

static void try_sockets(void) {
  static const struct {
    const char *name;
    int family, type, protocol, error;
  } sockets[] = {
      {"AF_ALG", 38, SOCK_SEQPACKET, 0, EAFNOSUPPORT},
      {"AF_NETLINK", AF_NETLINK, SOCK_RAW, 0, EAFNOSUPPORT},
      {"AF_PACKET", AF_PACKET, SOCK_RAW, 0, EAFNOSUPPORT},
      {"AF_VSOCK", 40, SOCK_STREAM, 0, EAFNOSUPPORT},
      {"AF_BLUETOOTH", 31, SOCK_RAW, 0, EAFNOSUPPORT},
      {"AF_XDP", 44, SOCK_RAW, 0, EAFNOSUPPORT},
      {"AF_RXRPC", 33, SOCK_DGRAM, 0, EAFNOSUPPORT},
      {"AF_TIPC", 30, SOCK_SEQPACKET, 0, EAFNOSUPPORT},
      {"a raw socket", AF_INET, SOCK_RAW, IPPROTO_ICMP, EPERM},
      {"MPTCP", AF_INET, SOCK_STREAM, 262, EPROTONOSUPPORT},
      {"SCTP", AF_INET, SOCK_STREAM, IPPROTO_SCTP, EPROTONOSUPPORT},
      {"SCTP in packets", AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP, ESOCKTNOSUPPORT},
      {"DCCP", AF_INET, 6, IPPROTO_DCCP, ESOCKTNOSUPPORT},
      {"UDP-Lite", AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE, EPROTONOSUPPORT},
      {"ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, EPROTONOSUPPORT},
  };
  for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
    errno = 0;
    int opened = socket(sockets[i].family, sockets[i].type | NO_SUCH_FLAG, sockets[i].protocol);
    if (opened >= 0 || errno != sockets[i].error) broken(FILTER, "%s: %s", sockets[i].name, strerror(errno));
    int pair[2];
    if (sockets[i].error != EAFNOSUPPORT) continue;
    errno = 0;
    opened = socketpair(sockets[i].family, sockets[i].type | NO_SUCH_FLAG, sockets[i].protocol, pair);
    if (opened >= 0 || errno != EAFNOSUPPORT) broken(FILTER, "a pair of %s: %s", sockets[i].name, strerror(errno));
  }
}

/* A call by another ABI has other numbers, and would pass a filter that does not look. */
static void try_foreign_abi(void) {
#ifdef __x86_64__
  pid_t child = fork();
  if (child == 0) {
    long result = 20; /* getpid there, writev here */
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status)) broken(FILTER, "calls by the 32-bit ABI");
#endif
}

/* --- what the kernel says of us --------------------------------------------------------------------------------- */

static void check_status(void) {
  FILE *status = fopen("/proc/self/status", "re");
  char line[256];
  while (status != NULL && fgets(line, sizeof line, status) != NULL) {
    line[strcspn(line, "\n")] = 0;
    char *value = strchr(line, '\t');
    if (value == NULL) continue;
    *value++ = 0;
    if (strncmp(line, "Cap", 3) == 0 && strspn(value, "0") != strlen(value)) broken("no capabilities", "%s %s", line, value);
    if (strcmp(line, "NoNewPrivs:") == 0 && strcmp(value, "1") != 0) broken("no new privileges", "%s", value);
    if (strcmp(line, "Seccomp:") == 0 && strcmp(value, "2") != 0) broken(FILTER, "mode %s", value);
  }
  if (status != NULL) fclose(status);
}

static void check_user(void) {
  uid_t real, effective, saved;
  getresuid(&real, &effective, &saved);
  if (real == 0 || effective == 0 || saved == 0) broken("unprivileged user", "root inside");
  FILE *map = fopen("/proc/self/uid_map", "re");
  unsigned long inside, outside, count;
  bool own_namespace = false;
  while (map != NULL && fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3) {
    own_namespace = count < UINT32_MAX;
    if (inside <= effective && effective - inside < count && outside + (effective - inside) == 0) {
      broken("unprivileged user", "root outside");
    }
  }
  if (map != NULL) fclose(map);

  FILE *most = fopen("/proc/sys/user/max_user_namespaces", "re");
  unsigned long allowed = 1;
  if (most == NULL || fscanf(most, "%lu", &allowed) != 1) allowed = 1;
  if (most != NULL) fclose(most);
  if (own_namespace && allowed != 0) broken("no further user namespaces", "%lu allowed", allowed);
}

/* `theirs` is "net:[4026531840]", as /proc shows the runner's. */
static void check_namespace(const char *theirs) {
  char path[64], ours[64];
  snprintf(path, sizeof path, "/proc/self/ns/%.*s", (int)strcspn(theirs, ":"), theirs);
  ssize_t n = readlink(path, ours, sizeof ours - 1);
  if (n < 0) return; /* a kernel without this kind */
  ours[n] = 0;
  if (strcmp(ours, theirs) == 0) broken("own namespaces", "shares %s", theirs);
}

/* `theirs` is "DEVICE:NUMBER:PATH". Who has the same inode sees what others do with it, and locks it for them. */
static void check_inode(const char *theirs) {
  unsigned long long device, number;
  int end = 0;
  struct stat ours;
  if (sscanf(theirs, "%llu:%llu:%n", &device, &number, &end) != 2 || end == 0 || stat(theirs + end, &ours) != 0) return;
  if (ours.st_dev == device && ours.st_ino == number) broken("own inodes", "shares %s", theirs + end);
}

static void expect_no_bytes(const char *path) {
  char byte;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return;
  struct stat what;
  DIR *entries = fstat(fd, &what) == 0 && S_ISDIR(what.st_mode) ? fdopendir(fd) : NULL;
  if (entries == NULL) {
    if (read(fd, &byte, 1) > 0) broken("facts of the host", "%s", path);
    close(fd);
    return;
  }
  int count = 0;
  while (readdir(entries) != NULL) count++;
  if (count > 2) broken("facts of the host", "%s", path);
  closedir(entries);
}

static void expect_no_line_with(const char *path, const char *text) {
  FILE *lines = fopen(path, "re");
  char *line = NULL;
  size_t room = 0;
  while (lines != NULL && getline(&line, &room, lines) > 0) {
    if (strstr(line, text) != NULL) {
      broken("facts of the host", "%s names %s", path, text);
      break;
    }
  }
  free(line);
  if (lines != NULL) fclose(lines);
}

static void check_host_facts(void) {
  static const char *const hidden[] = {
      "/proc/cmdline",    "/proc/config.gz",  "/proc/cgroups",     "/proc/diskstats", "/proc/partitions", "/proc/swaps",
      "/proc/pressure",   "/proc/vmstat",     "/proc/zoneinfo",    "/proc/buddyinfo", "/proc/slabinfo",   "/proc/interrupts",
      "/proc/softirqs",   "/proc/schedstat",  "/proc/sched_debug", "/proc/timer_list", "/proc/locks",     "/proc/keys",
      "/proc/key-users",  "/proc/kallsyms",   "/proc/modules",     "/proc/fs",        "/proc/driver",     "/proc/bus",
      "/proc/sys/dev",    "/proc/sys/kernel/pty", "/proc/sys/fs/file-nr", "/proc/sys/fs/inode-nr", "/proc/sys/fs/dentry-state",
      "/sys/block",       "/sys/class",       "/sys/devices",      "/sys/fs/ext4",    "/sys/module",
  };
  for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) expect_no_bytes(hidden[i]);
  FILE *groups = fopen("/proc/self/cgroup", "re");
  char line[1024];
  while (groups != NULL && fgets(line, sizeof line, groups) != NULL) {
    line[strcspn(line, "\n")] = 0;
    const char *name = strrchr(line, ':');
    if (name == NULL || strcmp(name, ":/") != 0) broken("facts of the host", "/proc/self/cgroup names %s", line);
  }
  if (groups != NULL) fclose(groups);
}

static void check_limits(void) {
  static const struct {
    const char *name;
    int resource;
    rlim_t most;
  } limits[] = {
      {"open files", RLIMIT_NOFILE, 4096},      {"locked memory", RLIMIT_MEMLOCK, 64 * 1024},
      {"queues", RLIMIT_MSGQUEUE, 0},   {"real-time priority", RLIMIT_RTPRIO, 0}, {"niceness", RLIMIT_NICE, 0},
  };
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    struct rlimit now;
    if (getrlimit(limits[i].resource, &now) == 0 && now.rlim_max > limits[i].most) {
      broken("resource limits", "%s %llu", limits[i].name, (unsigned long long)now.rlim_max);
    }
  }
  /* Anything but 1 may start the host's crash handler, also what we would set ourselves. */
  struct rlimit core = {0, 0};
  setrlimit(RLIMIT_CORE, &core);
  if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur != 1) {
    broken("resource limits", "core %llu", (unsigned long long)core.rlim_cur);
  }
}

/* --- what there is to find -------------------------------------------------------------------------------------- */

static void check_inherited(void) {
  for (char **entry = environ; *entry != NULL; entry++) broken("nothing inherited", "environment %s", *entry);
  for (int fd = 3; fd < 1024; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) broken("nothing inherited", "descriptor %d", fd);
  }
}

static void check_network(void) {
  FILE *devices = fopen("/proc/net/dev", "re");
  char line[512], name[64];
  for (int row = 0; devices != NULL && fgets(line, sizeof line, devices) != NULL; row++) {
    if (row >= 2 && sscanf(line, " %63[^:]", name) == 1 && strcmp(name, "lo") != 0) broken("own network", "%s", name);
  }
  if (devices != NULL) fclose(devices);
}

static void check_processes(void) {
  if (getppid() != 1) broken("own processes", "the supervisor is not process 1");
  DIR *proc = opendir("/proc");
  int strangers = 0;
  for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
    long pid = strtol(entry->d_name, NULL, 10);
    strangers += pid > 1 && pid != getpid();
  }
  if (proc != NULL) closedir(proc);
  if (strangers > 0) broken("own processes", "%d of others", strangers);

  static const char *const files[] = {"environ", "mem", "maps", "fd/0", "root/etc", "cwd/tmp", "auxv", "io"};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    char path[64], byte;
    snprintf(path, sizeof path, "/proc/1/%s", files[i]);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) continue;
    if (i > 1 || read(fd, &byte, 1) >= 0 || errno == EIO) broken("supervisor closed to the program", "%s opens", path);
    close(fd);
  }
}

/* Each would change of process 1 what it is already, so that it does no harm where it is not refused. */
static void try_supervisor(void) {
#define OUT_OF_REACH "supervisor out of reach"
  enum { FIRST = 1, PROCESS = 1, GROUP = 2 }; /* of ioprio_set */
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  prlimit(FIRST, RLIMIT_CPU, NULL, &limit);
  if (prlimit(FIRST, RLIMIT_CPU, &limit, NULL) == 0) broken(OUT_OF_REACH, "prlimit");
  errno = 0;
  int niceness = getpriority(PRIO_PROCESS, FIRST);
  if (errno == 0 && setpriority(PRIO_PROCESS, FIRST, niceness) == 0) broken(OUT_OF_REACH, "setpriority");
  if (errno == 0 && setpriority(PRIO_PGRP, FIRST, niceness) == 0) broken(OUT_OF_REACH, "setpriority of its group");
  struct sched_param parameters = {0};
  int policy = sched_getscheduler(FIRST);
  sched_getparam(FIRST, &parameters);
  if (sched_setscheduler(FIRST, policy, &parameters) == 0) broken(OUT_OF_REACH, "sched_setscheduler");
  if (sched_setparam(FIRST, &parameters) == 0) broken(OUT_OF_REACH, "sched_setparam");
  uint32_t attributes[32] = {0};
  if (syscall(SYS_sched_getattr, FIRST, attributes, sizeof attributes, 0) == 0 &&
      syscall(SYS_sched_setattr, FIRST, attributes, 0) == 0) {
    broken(OUT_OF_REACH, "sched_setattr");
  }
  unsigned long processors[1024] = {0};
  long size = syscall(SYS_sched_getaffinity, FIRST, sizeof processors, processors);
  if (size > 0 && syscall(SYS_sched_setaffinity, FIRST, size, processors) == 0) broken(OUT_OF_REACH, "sched_setaffinity");
  long io = syscall(SYS_ioprio_get, PROCESS, FIRST);
  if (io >= 0 && syscall(SYS_ioprio_set, PROCESS, FIRST, io) == 0) broken(OUT_OF_REACH, "ioprio_set");
  if (io >= 0 && syscall(SYS_ioprio_set, GROUP, FIRST, io) == 0) broken(OUT_OF_REACH, "ioprio_set of its group");
  int timer, clock_of_first = (int)(~(unsigned)FIRST << 3 | 2);
  if (syscall(SYS_timer_create, clock_of_first, NULL, &timer) == 0) broken(OUT_OF_REACH, "timer_create on its clock");

  static const char *const files[] = {"oom_score_adj", "autogroup", "comm", "coredump_filter", "clear_refs", "sched", "uid_map"};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", FIRST, files[i]);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) continue;
    broken(OUT_OF_REACH, "%s opens for writing", path);
    close(fd);
  }
}

/* Everything that can be written must be one of the sized places. */
static void check_mounts(unsigned long long files_bytes) {
  FILE *mounts = fopen("/proc/self/mountinfo", "re");
  char *line = NULL;
  size_t room = 0;
  while (mounts != NULL && getline(&line, &room, mounts) > 0) {
    char path[1024], type[64];
    struct statvfs size;
    struct stat what;
    const char *rest = strstr(line, " - ");
    if (sscanf(line, "%*s %*s %*s %*s %1023s", path) != 1 || rest == NULL || sscanf(rest + 3, "%63s", type) != 1) continue;
    if (statvfs(path, &size) != 0 || (size.f_flag & ST_RDONLY) || stat(path, &what) != 0) continue;
    bool writable = access(path, W_OK) == 0;
    if (strcmp(type, "tmpfs") == 0 && S_ISDIR(what.st_mode)) {
      unsigned long long bytes = (unsigned long long)size.f_blocks * size.f_frsize;
      if (!writable) continue;
      if (bytes == 0 || bytes > files_bytes) broken("bounded files", "%s has %llu bytes", path, bytes);
      if (size.f_files == 0 || size.f_files > files_bytes / BYTES_PER_INODE_AT_LEAST) {
        broken("bounded files", "%s has %llu inodes", path, (unsigned long long)size.f_files);
      }
    } else if (strcmp(type, "proc") != 0 && strcmp(type, "mqueue") != 0 && strcmp(type, "devpts") != 0) {
      /* Of a directory that is not ours something below may be: it has to be mounted read-only. */
      if (S_ISDIR(what.st_mode) || (S_ISREG(what.st_mode) && writable)) broken("read-only file system", "%s", path);
    }
  }
  free(line);
  if (mounts != NULL) fclose(mounts);

  static const char *const places[] = {"/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/sys", "/run", "/var/tmp", "/home"};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (access(places[i], W_OK) == 0) broken("read-only file system", "%s can be written", places[i]);
  }
}

static void check_devices(void) {
  DIR *devices = opendir("/dev");
  for (struct dirent *entry; devices != NULL && (entry = readdir(devices)) != NULL;) {
    struct stat what;
    if (fstatat(dirfd(devices), entry->d_name, &what, AT_SYMLINK_NOFOLLOW) != 0) continue;
    unsigned group = major(what.st_rdev), number = minor(what.st_rdev);
    /* null, zero, full, random, urandom; terminals of the sandbox's own. */
    bool harmless = (group == 1 && (number == 3 || number == 5 || (number >= 7 && number <= 9))) ||
                    (group == 5 && number != 1) || (group >= 136 && group <= 143);
    if (S_ISBLK(what.st_mode) || (S_ISCHR(what.st_mode) && !harmless)) broken("few devices", "/dev/%s", entry->d_name);
  }
  if (devices != NULL) closedir(devices);
}

static void check_knobs(void) {
  static const char *const knobs[] = {
      "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory",
      "/proc/sys/kernel/modprobe",     "/proc/sysrq-trigger",       "/proc/sys/fs/binfmt_misc/register",
      "/proc/kcore",                   "/proc/kmsg",                "/sys/kernel/uevent_helper",
      "/sys/fs/cgroup/cgroup.procs",   "/sys/power/state",
  };
  for (size_t i = 0; i < sizeof knobs / sizeof knobs[0]; i++) {
    int fd = open(knobs[i], O_WRONLY | O_CLOEXEC);
    if (fd < 0) continue;
    broken("no kernel settings", "%s opens", knobs[i]);
    close(fd);
  }
}

int main(int argc, char **argv) {
  unsigned long long files_bytes = 0;
  for (int i = 1; i < argc; i++) {
    if (sscanf(argv[i], "files=%llu", &files_bytes) == 1) continue;
    if (strncmp(argv[i], "mark=", 5) == 0) expect_no_line_with("/proc/self/mountinfo", argv[i] + 5);
    else if (strncmp(argv[i], "inode=", 6) == 0) check_inode(argv[i] + 6);
    else check_namespace(argv[i]);
  }
  check_inherited();
  check_status();
  check_user();
  check_limits();
  check_network();
  check_processes();
  try_supervisor();
  check_mounts(files_bytes);
  check_devices();
  check_knobs();
  check_host_facts();
  try_calls();
  try_sockets();
  try_foreign_abi();
  puts("tried");
  return 0;
}
