/*
 * A runner that may be lost, and a launcher that is root.
 *
 * Theory of operation
 *
 * To give each sandbox user ids of its own takes root; nothing else of the runner's does. So root starts the launcher, and the
 * launcher starts the runner under a user of its own. What the runner asks for is then a stranger's wish:
 *
 * - Every path is used with the runner's effective user id, so that the kernel refuses what the runner could not do itself.
 * - One file is opened as root: cgroup.procs of a directory that was made for this sandbox, since the kernel lets only root move
 *   a process of another user. That it is the runner's own, and of a cgroup, is looked at once it is open. It goes to a process that
 *   sees no processes but the sandbox's.
 * - Sandboxes run under ids of the range that root named, and bubblewrap does; nothing is started under any other.
 *
 * The end of the runner is the end of the launcher, which exits as the runner did. The runner is told to end when the
 * launcher does (its command asks for that), and when the launcher is asked to (SIGTERM, SIGINT).
 */
#define _GNU_SOURCE
#include "runner.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNNER_FD 3
#define SIGNALLED 128

static pid_t runner;
static uid_t runner_uid;
static struct id_range allowed;
static bool over;
static int ended_with;

pid_t runner_pid(void) { return runner == 0 ? getppid() : runner; }

bool runner_is_ours(void) { return runner_uid != 0; }

static uint32_t number(const char *text) {
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  if (*end != 0 || value == 0 || value >= UINT32_MAX) exit(2);
  return (uint32_t)value;
}

void name_runner(char *const *arguments) {
  runner_uid = number(arguments[0]);
  allowed = (struct id_range){number(arguments[1]), number(arguments[2])};
  /* Our helpers enter namespaces where a runner that is lost may have left somebody: nobody there looks into root's memory. */
  if (setgroups(0, NULL) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) exit(2);
}

bool start_runner(char *const *command) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  runner = fork();
  if (runner == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    /* dup2 of a descriptor onto itself would leave it to be closed. */
    int moved = fcntl(ends[1], F_DUPFD_CLOEXEC, RUNNER_FD + 1);
    if (dup2(moved, RUNNER_FD) == RUNNER_FD) execvp(command[0], command);
    _exit(127);
  }
  close(ends[1]);
  return runner > 0 && dup2(ends[0], 0) == 0 && close(ends[0]) == 0;
}

bool runner_ended(pid_t pid, int status) {
  if (runner == 0 || pid != runner) return false;
  over = true;
  ended_with = WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

int await_runner(void) {
  if (runner == 0) return 0;
  int status;
  close(0); /* so it learns that nothing is left of its sandboxes */
  if (!over && waitpid(runner, &status, 0) == runner) runner_ended(runner, status);
  return ended_with;
}

void as_runner(void) {
  if (runner_uid == 0) return;
  if (setegid(runner_uid) != 0 || seteuid(runner_uid) != 0) _exit(1);
}

void as_ourselves(void) {
  if (runner_uid == 0) return;
  if (seteuid(0) != 0 || setegid(0) != 0) _exit(1);
}

static bool is_within(uint32_t first, uint32_t count) {
  return first >= allowed.first && count <= allowed.count && first - allowed.first <= allowed.count - count;
}

bool allows_ids(struct id_range ids, struct sandbox_ids sandbox, bool has_view) {
  if (runner_uid == 0) return true;
  /* One more than the range is bubblewrap's (view.c). */
  return has_view && ids.count > 0 && ids.count < allowed.count && is_within(ids.first, ids.count + 1) &&
         is_within(sandbox.program, 1) && is_within(sandbox.supervisor, 1);
}

bool is_runners_cgroup_file(int fd) {
  struct stat file;
  struct statfs system;
  if (runner_uid == 0) return true;
  return fstat(fd, &file) == 0 && file.st_uid == runner_uid && fstatfs(fd, &system) == 0 &&
         (system.f_type == CGROUP_SUPER_MAGIC || system.f_type == CGROUP2_SUPER_MAGIC);
}

bool is_procs_file(const char *file, char *const *directories, int count) {
  for (int i = 0; i < count; i++) {
    size_t size = strlen(directories[i]);
    if (strncmp(file, directories[i], size) == 0 && strcmp(file + size, "/cgroup.procs") == 0) return true;
  }
  return false;
}
