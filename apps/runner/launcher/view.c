/*
 * Sandboxes that are cloned from what bubblewrap made.
 *
 * Theory of operation
 *
 * bubblewrap puts together what every sandbox of a kind sees: a read-only root of a few bound directories. To do that anew
 * for each sandbox is most of what one costs, and each time the same comes out. So bubblewrap does it once, and we
 * keep its mount namespace, by a descriptor: the view. Nobody lives in it.
 *
 * A view belongs to a user namespace between ours and the sandboxes', which owns nothing else. Where we are root it maps the host
 * uids of all sandboxes, and one more, under which bubblewrap makes the view; else our own. Only bubblewrap and our helpers
 * enter it. What the runner names in bubblewrap's place may stay there, so a helper has nothing that the view's root has not: not our memory, and
 * no id of ours once it looks something up.
 *
 * A root is made of a view for sandboxes that have it one after the other (rootfs.c): by a helper that enters the view, in a copy of its
 * mount namespace, which we keep by a descriptor, too.
 *
 * A sandbox: a helper enters user namespace and root, becomes root of the view, and clones process 1, our child, into namespaces of
 * its own, all at once. Since its user namespace is a lesser one than the view's, the kernel locks every mount that it has
 * from there: it can be neither taken away nor made writable, whatever capability somebody may come by inside. The helper maps two
 * ids into it, the program's and the supervisor's: a map of two takes somebody with CAP_SETUID over the view. Where only ours can be
 * had, process 1 maps that, and both share it. Process 1 takes the supervisor's, has a /proc and
 * a loopback of its own, and keeps five capabilities over its own namespaces for the supervisor, which it becomes. What one step does not do is
 * reported and ends it: there is no sandbox with a wall less.
 */
#define _GNU_SOURCE
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* uids and gids inside of a sandbox; the supervisor's ids.h and bubblewrap.policy.ts have them too. */
#define PROGRAM_INSIDE 1000
#define SUPERVISOR_INSIDE 1001
#define HOST_NAME "sandbox"
/* Beyond every descriptor that a sandbox is given. */
#define ABOVE_ALL 64
/* Where bubblewrap tells the pid of its child. */
#define INFO_FD 3
#define MAX_ARGUMENTS 1024
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

#define OWN_NAMESPACES \
  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
/* To mount the writable file systems and limit them, to part from the program (ids.c), and to give all of it up (supervisor.c). */
#define KEPT_CAPABILITIES                                                                                     \
  ((1u << CAP_SYS_ADMIN) | (1u << CAP_SETPCAP) | (1u << CAP_SYS_RESOURCE) | (1u << CAP_SETUID) | (1u << CAP_SETGID))

void place_descriptors(const int *given, int count) {
  int moved[ABOVE_ALL];
  /* Out of the way first: one's place may be another's number. */
  for (int i = 0; i < count; i++) moved[i] = fcntl(given[i], F_DUPFD_CLOEXEC, ABOVE_ALL);
  for (int i = 0; i < count; i++) dup2(moved[i], i);
  syscall(SYS_close_range, (unsigned)count, ~0u, CLOSE_RANGE_CLOEXEC);
}

/* Says on descriptor 2 what could not be done. */
__attribute__((noreturn, format(printf, 1, 2))) static void give_up(const char *format, ...) {
  int error = errno;
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  /* At once: it is read at once. */
  dprintf(2, "%s: %s", text, strerror(error));
  _exit(127);
}

static bool write_file(int directory, const char *name, const char *text) {
  int fd = openat(directory, name, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  close(fd);
  return written;
}

/* --- the view ------------------------------------------------------------------------------------------------- */

/* Enters as whoever owns it: with every capability over the view, and none over anything else. */
static bool enter(const struct view *view) {
  return setns(view->users, CLONE_NEWUSER) == 0 && setns(view->mounts, CLONE_NEWNS) == 0;
}

/* Of a view that maps a range: a user of the host's that nothing else is. */
static void become_root(void) {
  if (setgroups(0, NULL) != 0 || setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0) give_up("setuid");
}

struct builder {
  pid_t pid;
  int told;      /* write end: its ids are mapped */
  int info;      /* read end */
  int ready;     /* read end: the view is there */
  int hold;      /* write end: bubblewrap's command reads it */
  int complaint; /* read end */
};

__attribute__((noreturn)) static void build(char *const *arguments, struct id_range ids, int told, const int *given) {
  char mapped;
  if (ids.count > 0 && read(told, &mapped, 1) != 1) _exit(127);
  if (ids.count > 0) become_root();
  place_descriptors(given, INFO_FD + 1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  static char info[12];
  snprintf(info, sizeof info, "%d", INFO_FD);
  /* Says that the view is there, and stays until somebody has taken hold of it. */
  char *command[] = {"--info-fd", info, "--", "/bin/sh", "-c", "echo; read held", NULL};
  static char *vector[MAX_ARGUMENTS + sizeof command / sizeof command[0]];
  size_t count = 0;
  while (arguments[count] != NULL) vector[count] = arguments[count], count++;
  memcpy(vector + count, command, sizeof command);
  if (chdir("/") == 0) execvpe(vector[0], vector, (char *[]){NULL});
  give_up("%s", vector[0]);
}

static bool map_range(pid_t pid, struct id_range ids) {
  char directory[32], map[96];
  snprintf(directory, sizeof directory, "/proc/%d", pid);
  int proc = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  /* Ids keep their numbers. bubblewrap is root there, under a host id that nothing else has. */
  snprintf(map, sizeof map, "0 %u 1\n%u %u %u\n", ids.first + ids.count, ids.first, ids.first, ids.count);
  bool mapped = write_file(proc, "uid_map", map) && write_file(proc, "gid_map", map);
  if (proc >= 0) close(proc);
  return mapped;
}

/* Reads until the text holds `mark` or nothing more comes. */
static bool read_until(int fd, const char *mark, char *text, size_t room, int patience_ms) {
  size_t size = 0;
  for (*text = 0; strstr(text, mark) == NULL && size + 1 < room; text[size] = 0) {
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    if (poll(&readable, 1, patience_ms) != 1) return false;
    ssize_t n = read(fd, text + size, room - 1 - size);
    if (n <= 0) break;
    size += (size_t)n;
  }
  return strstr(text, mark) != NULL;
}

static int open_namespace(pid_t pid, const char *kind) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind);
  return open(path, O_RDONLY | O_CLOEXEC);
}

/* What the host mounts from now on stays out of it. */
static bool seal(const struct view *view) {
  pid_t pid = fork();
  if (pid == 0) _exit(enter(view) && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 ? 0 : 1);
  int status;
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool take_hold(struct view *view, const struct builder *builder, int patience_ms) {
  char text[256];
  int child = 0;
  if (!read_until(builder->info, "}", text, sizeof text, patience_ms)) return false;
  const char *at = strstr(text, "\"child-pid\":");
  if (at == NULL || sscanf(at, "\"child-pid\": %d", &child) != 1) return false;
  if (!read_until(builder->ready, "\n", text, sizeof text, patience_ms)) return false;
  view->users = open_namespace(child, "user");
  view->mounts = open_namespace(child, "mnt");
  return view->users >= 0 && view->mounts >= 0;
}

bool make_view(struct view *view, char *const *arguments, struct id_range ids, int patience_ms, char *complaint,
               size_t room) {
  view->users = view->mounts = -1;
  view->ids = ids;
  int pipes[5][2];
  for (int i = 0; i < 5; i++) {
    if (pipe2(pipes[i], O_CLOEXEC) != 0) pipes[i][0] = pipes[i][1] = -1;
  }
  enum { TOLD, INFO, READY, HOLD, COMPLAINT };
  unsigned long flags = SIGCHLD | (ids.count > 0 ? CLONE_NEWUSER : 0);
  pid_t pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
  if (pid == 0) {
    close(pipes[TOLD][1]);
    build(arguments, ids, pipes[TOLD][0],
          (int[]){pipes[HOLD][0], pipes[READY][1], pipes[COMPLAINT][1], pipes[INFO][1]});
  }
  struct builder builder = {.pid = pid,
                            .told = pipes[TOLD][1],
                            .info = pipes[INFO][0],
                            .ready = pipes[READY][0],
                            .hold = pipes[HOLD][1],
                            .complaint = pipes[COMPLAINT][0]};
  for (int i = 0; i < 5; i++) close(i == TOLD || i == HOLD ? pipes[i][0] : pipes[i][1]);
  bool made = pid > 0 && (ids.count == 0 || (map_range(pid, ids) && write(builder.told, "", 1) == 1)) &&
              take_hold(view, &builder, patience_ms);
  int error = errno;
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
  }
  made = made && seal(view);
  if (!made) {
    fcntl(builder.complaint, F_SETFL, O_NONBLOCK);
    ssize_t said = read(builder.complaint, complaint, room - 1);
    if (said > 0) complaint[said] = 0;
    else snprintf(complaint, room, "no view of bubblewrap's: %s", strerror(error));
    if (view->users >= 0) close(view->users);
    if (view->mounts >= 0) close(view->mounts);
  }
  for (int i = 0; i < 5; i++) close(i == TOLD || i == HOLD ? pipes[i][1] : pipes[i][0]);
  return made;
}

/* --- a root --------------------------------------------------------------------------------------------------- */

/* What overlays read, they read with what their maker had. */
static void keep_mounting_only(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct kept[2] = {{1u << CAP_SYS_ADMIN, 1u << CAP_SYS_ADMIN, 0}};
  if (syscall(SYS_capset, &header, kept) != 0) give_up("capset");
}

/* In a helper: a byte says that it is there, anything longer why not. Stays until somebody has taken hold of it. */
__attribute__((noreturn)) static void show_root(const struct view *view, unsigned number, int told) {
  dup2(told, 2);
  if (!enter(view)) give_up("entering the view");
  if (view->ids.count > 0) become_root();
  if (unshare(CLONE_NEWNS) != 0) give_up("a copy of the view");
  keep_mounting_only();
  const char *failed = make_root(&view->rootfs, number);
  if (failed != NULL) give_up("%s", failed);
  /* Under another uid than before our namespace is closed to the launcher, until we say that it need not be. */
  char held;
  if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) give_up("dumpable");
  _exit(write(told, "", 1) == 1 && read(told, &held, 1) == 0 ? 0 : 127);
}

int make_root_in_view(const struct view *view, unsigned number, char *complaint, size_t room) {
  int ends[2] = {-1, -1}, root = -1;
  pid_t pid = -1;
  *complaint = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
    pid = fork();
    if (pid == 0) {
      close(ends[0]);
      show_root(view, number, ends[1]);
    }
    close(ends[1]);
    ssize_t said = pid < 0 ? 0 : read(ends[0], complaint, room - 1);
    complaint[said > 0 ? said : 0] = 0;
    if (said == 1 && *complaint == 0) root = open_namespace(pid, "mnt");
  }
  if (root < 0 && *complaint == 0) snprintf(complaint, room, "no root of the view: %s", strerror(errno));
  if (ends[0] >= 0) close(ends[0]);
  if (pid > 0) waitpid(pid, NULL, 0);
  return root;
}

/* --- a sandbox ------------------------------------------------------------------------------------------------ */

/* In process 1, where there is one id for both. */
static void map_own_id(int proc, uid_t uid) {
  char map[48];
  snprintf(map, sizeof map, "%d %u 1", PROGRAM_INSIDE, uid);
  if (!write_file(proc, "self/setgroups", "deny") || !write_file(proc, "self/uid_map", map) ||
      !write_file(proc, "self/gid_map", map)) {
    give_up("mapping uid %u", uid);
  }
}

/* In the helper. @returns whether process 1 has the two of them */
static bool map_ids(int proc, pid_t pid, struct sandbox_ids ids) {
  char map[64], uid_map[32], gid_map[32];
  snprintf(map, sizeof map, "%d %u 1\n%d %u 1\n", PROGRAM_INSIDE, ids.program, SUPERVISOR_INSIDE, ids.supervisor);
  snprintf(uid_map, sizeof uid_map, "%d/uid_map", pid);
  snprintf(gid_map, sizeof gid_map, "%d/gid_map", pid);
  return write_file(proc, uid_map, map) && write_file(proc, gid_map, map);
}

/* In process 1, once somebody has mapped it; nobody does where the helper has given up. */
static void take_supervisor_id(int mapped) {
  char byte;
  if (read(mapped, &byte, 1) != 1) _exit(127);
  if (setresgid(SUPERVISOR_INSIDE, SUPERVISOR_INSIDE, SUPERVISOR_INSIDE) != 0 ||
      setresuid(SUPERVISOR_INSIDE, SUPERVISOR_INSIDE, SUPERVISOR_INSIDE) != 0) {
    give_up("taking the supervisor's uid");
  }
}

/*
 * What the kernel counts by user it counts for the owner of a user namespace as well, up to the host: watches of all sandboxes
 * are taken from one pool there, which is root's. A namespace can have bounds of its own.
 */
static void bound_pools(void) {
  static const char *const bounds[][2] = {
      {"/proc/sys/user/max_inotify_instances", "8"},
      {"/proc/sys/user/max_inotify_watches", "4096"},
  };
  for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
    if (!write_file(AT_FDCWD, bounds[i][0], bounds[i][1])) give_up("%s", bounds[i][0]);
  }
}

static void bring_up_loopback(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) give_up("loopback");
  close(fd);
}

static void keep_capabilities(void) {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
    bool kept = capability < 32 && (KEPT_CAPABILITIES >> capability) & 1;
    if (!kept && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) give_up("dropping capability %d", capability);
  }
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct kept[2] = {{KEPT_CAPABILITIES, KEPT_CAPABILITIES, KEPT_CAPABILITIES}};
  if (syscall(SYS_capset, &header, kept) != 0) give_up("capset");
  for (int capability = 0; capability < 32; capability++) {
    if (((KEPT_CAPABILITIES >> capability) & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) {
      give_up("keeping capability %d", capability);
    }
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no_new_privs");
}

/* Process 1, with every capability over namespaces in which there is nobody else. */
__attribute__((noreturn)) static void become_first(const struct view *view, int proc, struct sandbox_ids ids, int mapped,
                                                   int program, char *const *command) {
  if (mapped < 0) map_own_id(proc, ids.program);
  else take_supervisor_id(mapped);
  /* With the launcher, whoever ends that. A change of ids would undo it. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) give_up("pdeathsig");
  const char *failed = mount_proc(&view->rootfs);
  if (failed != NULL) give_up("%s", failed);
  bound_pools();
  bring_up_loopback();
  if (sethostname(HOST_NAME, strlen(HOST_NAME)) != 0) give_up("sethostname");
  if (setsid() < 0) give_up("setsid"); /* no controlling terminal to type into */
  keep_capabilities();
  if (chdir("/") == 0) fexecve(program, command, (char *[]){NULL});
  give_up("%s", command[0]);
}

/* The helper. Tells the pid of process 1, which is its sibling. */
__attribute__((noreturn)) static void clone_first(const struct view *view, int root, struct sandbox_ids ids,
                                                  char *const *command, int report) {
  int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), mapped[2] = {-1, -1};
  if (!enter(view)) give_up("entering the view");
  /* By root's id it would be found where only root may go. */
  if (ids.program != 0) become_root();
  int program = open(command[0], O_PATH | O_CLOEXEC);
  if (program < 0) give_up("%s", command[0]);
  if (setns(root, CLONE_NEWNS) != 0) give_up("entering the root");
  if (ids.program != 0) {
    /* Under another uid than before, our files below /proc, and our child's, are closed to us until we say that they need not be. */
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) give_up("dumpable");
    if (pipe2(mapped, O_CLOEXEC) != 0) give_up("pipe");
  }
  uid_t shared = getuid(); /* as the view's user namespace has it */
  pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD | OWN_NAMESPACES, 0, 0, 0, 0);
  if (pid == 0) {
    close(mapped[1]);
    /* Where there is none of its own, the one that the view's user namespace has. */
    become_first(view, proc, ids.program != 0 ? ids : (struct sandbox_ids){shared, shared}, mapped[0],
                 program, command);
  }
  if (pid < 0) give_up("namespaces");
  if (ids.program != 0 && (!map_ids(proc, pid, ids) || write(mapped[1], "", 1) != 1)) {
    give_up("mapping uids %u and %u", ids.program, ids.supervisor);
  }
  _exit(write(report, &pid, sizeof pid) == sizeof pid ? 0 : 127);
}

pid_t start_in_view(const struct view *view, int root, struct sandbox_ids ids, const int *given, int given_count,
                    char *const *command) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return 0;
  pid_t helper = fork(), pid = 0;
  if (helper == 0) {
    struct view ours = *view;
    int *const kept[] = {&report[1], &ours.users, &ours.mounts, &root};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) *kept[i] = fcntl(*kept[i], F_DUPFD_CLOEXEC, ABOVE_ALL);
    place_descriptors(given, given_count);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    clone_first(&ours, root, ids, command, report[1]);
  }
  close(report[1]);
  if (helper > 0) {
    if (read(report[0], &pid, sizeof pid) != sizeof pid) pid = 0;
    waitpid(helper, NULL, 0);
  }
  close(report[0]);
  return pid;
}
