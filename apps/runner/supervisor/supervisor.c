/*
 * The supervisor: PID 1 of every sandbox.
 *
 * Theory of operation
 *
 * The engine starts it inside fresh namespaces with an empty environment, over two descriptors: frames from
 * the runner come in on 0, frames to the runner go out on 1 (protocol.h). On its command line the engine
 * names the run's cgroup files, as descriptors or as paths: `join=4,5` to move a process in by writing "0",
 * `cpu=6`, `oom=7` and `peak=8` to read what was used. It may have capabilities over the sandbox's own user
 * namespace, and no others.
 *
 * 1. SETUP, while no hostile byte has been read: it mounts the writable file systems, forbids further user
 *    namespaces, and forks the child, which joins the cgroup and drops every capability. Only the child is in
 *    the limited cgroup: the OOM killer never takes the supervisor. (In a container both are, and it takes the
 *    child first, see program.c.) The supervisor takes ids of its own (ids.c), so that the program can change nothing of it, and is not
 *    dumpable, so that nobody can trace it or open its descriptors.
 * 2. EXEC says what the child is to become. PARK starts it at once: an interpreter comes to the file that is its
 *    program, finds a pipe that nobody writes into, and waits in opening it. WAKE stops it and takes the pipe
 *    away; FILE frames bring the program; GO lets it go on, and the kernel begins the interrupted open anew.
 *    Nothing in the interpreter takes part in this, so there is nothing that a program could notice.
 *    The supervisor's capabilities go for good before the first of them is read; in a container, before the child is made.
 * 3. GO: the last limits are set, the capabilities go if there were no files, the child loads the system call
 *    filter (a parked one has) and becomes the program. It holds descriptors 0, 1, 2 and nothing else: pipes, or
 *    where TERMINAL asked for one, a terminal (terminal.c).
 * 4. One loop moves bytes and watches the deadlines (loop.c). Nothing in it blocks: output is read from the
 *    program only when the last piece has left for the runner, so memory is bounded and a slow runner slows the
 *    program, never the deadline. Stdin is kept here until the program reads it, and the runner sends no more than
 *    there is room for: what comes behind it, a signal for example, never waits for the program to read.
 * 5. The end of the run is the end of its main process. Then everything left in the pid namespace, if there is anything, is killed
 *    and reaped, the pipes are drained, artifacts are sent, and the outcome is reported. Then it waits for the runner
 *    to hang up: what a runner writes to somebody who has gone breaks the connection, and the report unread in it is lost.
 *
 * Who kills whom: the program cannot signal PID 1 (the kernel drops signals from inside the namespace that
 * have no handler, SIGKILL and SIGSTOP included). If the runner goes away, descriptor 0 ends and the
 * supervisor exits; when PID 1 exits, for whatever reason, the kernel kills the whole namespace.
 */
#define _GNU_SOURCE
#include "box.h"
#include "frames.h"
#include "ids.h"
#include "loop.h"
#include "program.h"
#include "protocol.h"
#include "state.h"
#include "terminal.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often a program on its way to its parking place is looked at. */
#define LOOK_MS 5

struct cgroup cgroup = {.cpu = -1, .oom = -1, .peak = -1};
struct program program = {.in = -1, .out = -1, .err = -1, .terminal = -1};
struct setup setup;
struct outcome outcome = {.exit_code = -1};
static char *collect;

static int open_named(const char *value) { return *value == '/' ? open(value, O_RDONLY | O_CLOEXEC) : atoi(value); }

static void parse_arguments(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], "cpu=", 4) == 0) cgroup.cpu = open_named(argv[i] + 4);
    if (strncmp(argv[i], "oom=", 4) == 0) cgroup.oom = open_named(argv[i] + 4);
    if (strncmp(argv[i], "peak=", 5) == 0) cgroup.peak = open_named(argv[i] + 5);
    if (strncmp(argv[i], "join=", 5) == 0) {
      for (char *at = argv[i] + 5; *at != 0 && cgroup.joins < MAX_JOIN;) {
        cgroup.join[cgroup.joins++] = (int)strtol(at, &at, 10);
        if (*at == ',') at++;
      }
    }
  }
}

/*
 * What the rest relies on, whoever started us: kill(-1) ends the run and nothing else only where we are process 1
 * of a namespace of our own, and what stands in our environment must not be the runner's. A shell, bwrap or a
 * container's runtime may have told where we are.
 */
static void expect_own_sandbox(void) {
  errno = 0;
  if (getpid() != 1) fault("not process 1 of a sandbox of its own");
  static const char *const harmless[] = {"PWD=", "PATH=", "HOME=", "HOSTNAME=", "TERM=", "container="};
  for (char **entry = environ; *entry != NULL; entry++) {
    bool known = false;
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
      known = known || strncmp(*entry, harmless[i], strlen(harmless[i])) == 0;
    }
    if (!known) fault("inherited from the runner's environment: %.*s", (int)strcspn(*entry, "="), *entry);
  }
}

static int watch_children(void) {
  /* Only of ends: a stop that is our own doing would show in the program's count of queued signals. */
  struct sigaction ends = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
  sigaction(SIGCHLD, &ends, NULL);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fault("signalfd");
  return signals;
}

static void set_up(uint32_t size) {
  if (size != sizeof setup) fault("setup frame of %u bytes", size);
  struct setup before = setup;
  read_exactly(&setup, sizeof setup);
  if (program.pid != 0) {
    const uint64_t lasting = MOUNT_FILES | SHARE_IDS;
    setup.flags = (setup.flags & ~lasting) | (before.flags & lasting);
    bool resized = setup.files_bytes != before.files_bytes || setup.files_inodes != before.files_inodes;
    if ((setup.flags & MOUNT_FILES) && resized) resize_files();
    return;
  }
  take_ids();
  if (setup.flags & MOUNT_FILES) {
    mount_files();
    forbid_user_namespaces();
  }
  umask(022);
  if (chdir(BOX) != 0) fault("chdir");
  fork_program();
  send_frame(FRAME_READY, NULL, 0);
}

static void park(uint32_t size) {
  char *file = read_block(size); /* with a NUL behind it, so that the second name always ends */
  if (strlen(file) >= size) fault("park frame with one name");
  park_program(file, file + strlen(file) + 1);
  free(file);
}

/* While a program is parked, its end and its arrival are looked for between frames. */
static void await_frame(int signals) {
  for (bool looking = is_parked(); looking;) {
    struct pollfd fds[] = {{.fd = 0, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    int ready = poll(fds, 2, look_at_parked() ? -1 : LOOK_MS);
    if (ready < 0 && errno != EINTR) fault("poll");
    if (fds[1].revents) {
      struct signalfd_siginfo info;
      while (read(signals, &info, sizeof info) == sizeof info) {}
      expect_parked();
    }
    looking = fds[0].revents == 0;
  }
}

/* Everything before the program is let go. */
static void prepare(int signals) {
  for (;;) {
    await_frame(signals);
    unsigned char header[FRAME_HEADER];
    uint32_t size;
    read_exactly(header, sizeof header);
    memcpy(&size, header + 1, sizeof size);
    if (program.pid == 0 && header[0] != FRAME_SETUP) fault("frame %u before setup", header[0]);
    switch (header[0]) {
      case FRAME_SETUP:
        set_up(size);
        break;
      case FRAME_EXEC:
        receive_exec(size);
        break;
      case FRAME_PARK:
        park(size);
        break;
      case FRAME_WAKE:
        wake_program();
        break;
      case FRAME_DIR:
        drop_capabilities();
        receive_directory(size);
        break;
      case FRAME_FILE:
        drop_capabilities(); /* names and contents are a stranger's */
        receive_file(size);
        break;
      case FRAME_PING:
        free(read_block(size));
        send_frame(FRAME_PONG, NULL, 0);
        break;
      case FRAME_TERMINAL:
        receive_terminal(size);
        break;
      case FRAME_COLLECT:
        free(collect);
        collect = read_block(size);
        break;
      case FRAME_GO:
        if (!is_exec_known()) fault("go before exec");
        return;
      default:
        fault("unknown frame %u", header[0]);
    }
  }
}

int main(int argc, char **argv) {
  parse_arguments(argc, argv);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fault("dumpable");
  close_strangers();
  expect_own_sandbox();
  signal(SIGPIPE, SIG_IGN);
  int signals = watch_children();

  prepare(signals);
  if (outcome.facts & FILES_DID_NOT_FIT) {
    kill_all();
  } else {
    run(signals);
    if (collect != NULL && outcome.exit_code == 0) send_artifacts(collect);
  }
  if (program.released_us > 0) outcome.reported_us = now_us() - program.released_us;
  send_frame(FRAME_EXIT, &outcome, sizeof outcome);
  await_hang_up();
  return 0;
}
