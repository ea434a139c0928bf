/*
 * Linux lets a process change the limits, the priority, the scheduling and the processors of every other process of its uid. So
 * process 1 has a uid of its own wherever two can be had; with SHARE_IDS the system call filter stands in for that (seccomp.c).
 *
 *                        real        effective   saved     for files
 *   until GO             program     supervisor  program   program
 *   from GO on           supervisor  supervisor  program   program
 *   the program          program     program     program   program
 *   a sender of signals  supervisor  program     supervisor
 *
 * Each call asks for another of them. To change limits takes the real id of the target, in whoever asks, and all three of the
 * target's. Priorities and scheduling compare the asker with the target's real and effective id. Files compare the id that is
 * for them, so that what process 1 puts into the box belongs to the program. The saved one lets process 1 do what is left to do
 * without a capability: it permits the program to send signals, which process 1 of a namespace does not get.
 *
 * Until GO an interpreter may be parked, but nothing that a stranger wrote runs. Afterwards a signal is sent by a child that
 * lives for that: only a process that is the program's by its effective id may, and process 1 never is. What the program
 * could change of the child in its microseconds is its priority. Where the program holds every process there may be, so that there
 * can be no child, process 1 does it itself: a signal that is not sent would be worse. The one that lets a parked program go on
 * is sent by a pipe that can be read: the kernel compares the ids of whoever asked for that, at the time of asking.
 */
#define _GNU_SOURCE
#include "ids.h"

#include "frames.h"
#include "state.h"
#include "terminal.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool apart; /* part_ids() was called, and there was something to part */

/* A change of ids makes the kernel forget what was asked for when the parent ends, and may make a process dumpable. */
static void set_ids(uid_t real) {
  int at_end_of_parent = 0;
  prctl(PR_GET_PDEATHSIG, &at_end_of_parent, 0, 0, 0);
  if (setresgid(real, SUPERVISOR_ID, PROGRAM_ID) != 0) fault("setresgid");
  if (setresuid(real, SUPERVISOR_ID, PROGRAM_ID) != 0) fault("setresuid");
  setfsgid(PROGRAM_ID);
  setfsuid(PROGRAM_ID);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fault("dumpable");
  if (prctl(PR_SET_PDEATHSIG, at_end_of_parent, 0, 0, 0) != 0) fault("pdeathsig");
}

void take_ids(void) {
  errno = 0;
  if (setup.flags & SHARE_IDS) {
    if (getuid() != PROGRAM_ID || geteuid() != PROGRAM_ID) fault("started as uid %u to share the program's", getuid());
    return;
  }
  /* A container's process 1 starts as root of it: that and its capabilities end here. The other engine's has still to mount. */
  bool from_root = geteuid() == 0;
  if (from_root) {
    reserve_terminal();
    drop_bounding_set();
  }
  if (setgroups(0, NULL) != 0) fault("setgroups");
  set_ids(PROGRAM_ID);
  if (from_root) drop_capabilities();
}

void part_ids(void) {
  if (setup.flags & SHARE_IDS) return;
  set_ids(SUPERVISOR_ID);
  apart = true;
}

int become_program_ids(void) {
  if (setup.flags & SHARE_IDS) return 0;
  return setresgid(PROGRAM_ID, PROGRAM_ID, PROGRAM_ID) == 0 && setresuid(PROGRAM_ID, PROGRAM_ID, PROGRAM_ID) == 0 ? 0 : -1;
}

static int bell[2] = {-1, -1};

void prepare_signal(pid_t target, int number) {
  if (pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0) fault("pipe");
  if (fcntl(bell[0], F_SETOWN, target) != 0 || fcntl(bell[0], F_SETSIG, number) != 0 ||
      fcntl(bell[0], F_SETFL, O_ASYNC | O_NONBLOCK) != 0) {
    fault("asking for a signal");
  }
}

void send_prepared_signal(void) {
  if (write(bell[1], "", 1) != 1) fault("sending a signal");
  close(bell[0]);
  close(bell[1]);
}

/* It shares our memory, and we wait for it. Returns whether there could be one. */
static bool send_by_child(pid_t target, int number, volatile int *sent) {
  pid_t child = vfork();
  if (child == 0) {
    if (syscall(SYS_setresuid, SUPERVISOR_ID, PROGRAM_ID, SUPERVISOR_ID) == 0) *sent = (int)syscall(SYS_kill, target, number);
    syscall(SYS_exit, 0);
    __builtin_unreachable();
  }
  if (child < 0) return false;
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
  /* Its change of ids may have made the memory dumpable. */
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fault("dumpable");
  return true;
}

int signal_program(pid_t target, int number) {
  if (!apart) return kill(target, number);
  volatile int sent = -1;
  if (send_by_child(target, number, &sent)) return sent;
  if (setresuid(SUPERVISOR_ID, PROGRAM_ID, PROGRAM_ID) != 0) fault("setresuid");
  sent = kill(target, number);
  set_ids(SUPERVISOR_ID);
  return sent;
}
