#define _GNU_SOURCE
#include "program.h"

#include "box.h"
#include "frames.h"
#include "ids.h"
#include "seccomp.h"
#include "state.h"
#include "terminal.h"
#include "usage.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_VECTOR 4096
#define OPEN_FILES 1024
/* That wait for a program, with its timers, of which each has one ready. The machine has a number of them for each user. */
#define QUEUED_SIGNALS 1024

struct run_limits {
  uint64_t file_bytes, cpu_s, processes; /* 0 processes: the cgroup's limit */
};

/* What the child is told over its starting pipe; the strings of the EXEC frame follow. */
struct start {
  uint32_t size;
  uint16_t argc, envc;
  uint32_t merge_stderr;
  int32_t terminal; /* number; -1: none */
  struct run_limits limits;
  bool is_limited; /* one that is to be parked is not yet */
};

static struct start start;
static char *strings; /* of the EXEC frame, until the child has them */

static struct {
  bool started;     /* the program runs, or waits */
  bool announced;   /* PARKED was said */
  bool slept;       /* at the last look */
  int status;       /* /proc/pid/stat of the program; -1 */
  int directory;    /* that holds the pipe */
  char name[256];   /* of the pipe */
  char *primer;     /* NULL: the program waits in opening the pipe */
  int feed;         /* write end of the pipe, once the program has opened it; -1 */
} parking = {.status = -1, .directory = -1, .feed = -1};

static void limit(int resource, uint64_t value) {
  struct rlimit both = {value, value};
  setrlimit(resource, &both);
}

/* The limits of the run, for a process that is the program or is going to be; 0: the caller. */
static bool limit_run(pid_t pid, const struct run_limits *limits) {
  const struct rlimit files = {limits->file_bytes, limits->file_bytes}, cpu = {limits->cpu_s, limits->cpu_s},
                      processes = {limits->processes, limits->processes};
  return prlimit(pid, RLIMIT_FSIZE, &files, NULL) == 0 && prlimit(pid, RLIMIT_CPU, &cpu, NULL) == 0 &&
         (limits->processes == 0 || prlimit(pid, RLIMIT_NPROC, &processes, NULL) == 0);
}

/* --- in the child ------------------------------------------------------------------------------------------- */

static bool take(int fd, void *data, size_t size) {
  char *at = data;
  while (size > 0) {
    ssize_t n = read(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= (size_t)n;
  }
  return true;
}

/* Returns only on failure, with errno. */
static void become_program(int starting, int in, int out, int err) {
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* else its own /proc files are not its own; there is nobody yet to look at it */
  for (int i = 0; i < cgroup.joins; i++) {
    if (write(cgroup.join[i], "0", 1) != 1) return;
  }
  /* From there its own cgroup is the top of all: the name, which has the runner's pid and a running number, is above it. */
  if (cgroup.joins > 0 && unshare(CLONE_NEWCGROUP) != 0) return;
  int adjust = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (adjust >= 0) {
    /* Where the machine itself runs out of memory, or the supervisor shares the cgroup, this goes first. */
    if (write(adjust, "1000", 4) != 4) return;
    close(adjust);
  }
  /* With 0 the kernel still starts the host's crash handler, as the host's root; 1 is its word for "never". */
  limit(RLIMIT_CORE, 1);
  limit(RLIMIT_NOFILE, OPEN_FILES);
  limit(RLIMIT_MSGQUEUE, 0);
  limit(RLIMIT_SIGPENDING, QUEUED_SIGNALS);
  limit(RLIMIT_RTPRIO, 0);
  limit(RLIMIT_NICE, 0);
  limit(RLIMIT_MEMLOCK, 64 * 1024);
  limit(RLIMIT_STACK, 8 * 1024 * 1024);
  drop_capabilities();
  setsid();
  umask(022);
  if (chdir(BOX) != 0) return;

  struct start told;
  if (!take(starting, &told, sizeof told)) _exit(0);
  if (told.is_limited && !limit_run(0, &told.limits)) return;
  char *text = malloc((size_t)told.size + 1);
  static char *vector[MAX_VECTOR + 2];
  if (text == NULL) return;
  if (!take(starting, text, told.size)) _exit(0);
  char **slot = vector, **envp = vector + told.argc + 1;
  for (int i = 0; i < told.argc + told.envc; i++, text += strlen(text) + 1) {
    if (i == told.argc) slot++; /* the NULL that ends argv */
    *slot++ = text;
  }

  if (told.terminal >= 0) in = out = err = open_terminal(told.terminal);
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(told.merge_stderr ? out : err, 2) < 0) return;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  /* Everything from 3 on is close-on-exec, and goes whatever it is. */
  if (syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */) != 0) return;
  if (seccomp_load((setup.flags & SHARE_IDS) != 0) != 0) return;
  environ = envp;
  execvp(vector[0], vector);
}

/* --- in the supervisor -------------------------------------------------------------------------------------- */

static void make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) fault("pipe");
}

void fork_program(void) {
  int starting[2], failed[2], in[2], out[2], err[2];
  make_pipe(starting);
  make_pipe(failed);
  make_pipe(in);
  make_pipe(out);
  make_pipe(err);
  program.pid = fork();
  if (program.pid < 0) fault("fork");
  if (program.pid == 0) {
    close(starting[1]); /* else it would hold its own starting pipe open */
    bool is_program = become_program_ids() == 0;
    int error = errno;
    if (write(failed[1], "", 1) != 1) _exit(126);
    if (is_program) {
      become_program(starting[0], in[0], out[1], err[1]);
      error = errno;
    }
    if (write(failed[1], &error, sizeof error) != sizeof error) _exit(126);
    _exit(127);
  }
  close(starting[0]);
  close(failed[1]);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  for (int i = 0; i < cgroup.joins; i++) close(cgroup.join[i]);
  program.start = starting[1];
  program.failed = failed[0];
  program.in = in[1];
  program.out = out[0];
  program.err = err[0];
  fcntl(program.in, F_SETFL, O_NONBLOCK);
  fcntl(program.out, F_SETFL, O_NONBLOCK);
  fcntl(program.err, F_SETFL, O_NONBLOCK);
}

/* Until it has the program's ids its limits can be changed by nobody but itself. */
static void await_child(void) {
  static bool has_come;
  char byte;
  while (!has_come && read(program.failed, &byte, 1) < 0 && errno == EINTR) {}
  has_come = true;
}

int failure_to_start(void) {
  int error = 0;
  await_child();
  return read(program.failed, &error, sizeof error) == sizeof error ? error : 0;
}

void receive_exec(uint32_t size) {
  uint16_t counts[2]; /* argc, envc */
  if (strings != NULL || program.pid == 0 || size < sizeof counts) fault("exec frame out of place");
  read_exactly(counts, sizeof counts);
  size -= sizeof counts;
  strings = read_block(size);
  size_t found = 0;
  for (uint32_t i = 0; i < size; i++) found += strings[i] == 0;
  size_t wanted = (size_t)counts[0] + counts[1];
  if (counts[0] == 0 || wanted > MAX_VECTOR || found != wanted || strings[size - 1] != 0) {
    fault("exec frame with %zu strings instead of %zu", found, wanted);
  }
  start = (struct start){.size = size, .argc = counts[0], .envc = counts[1]};
}

bool is_exec_known(void) { return strings != NULL; }

static void start_program(void) {
  start.merge_stderr = (setup.flags & MERGE_STDERR) != 0;
  start.terminal = program.terminal;
  write_all(program.start, &start, sizeof start);
  write_all(program.start, strings, start.size);
  close(program.start);
  parking.started = true;
}

bool is_parked(void) { return parking.started; }

void park_program(char *file, const char *primer) {
  if (parking.started || strings == NULL) fault("park out of place");
  char *last;
  parking.directory = open_parent(file, &last);
  if (strlen(last) >= sizeof parking.name) fault("parking place with a long name");
  strcpy(parking.name, last);
  if (*primer != 0) parking.primer = strdup(primer);
  if (parking.directory < 0 || mkfifoat(parking.directory, last, 0644) != 0) fault("making the parking place");
  parking.status = open_status(program.pid);
  start_program();
}

/* Opens the pipe for writing if the program has opened it for reading. */
static bool open_feed(void) {
  parking.feed = openat(parking.directory, parking.name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  return parking.feed >= 0;
}

bool look_at_parked(void) {
  if (parking.announced) return true;
  if (parking.primer != NULL && parking.feed < 0) {
    if (open_feed()) write_all(parking.feed, parking.primer, strlen(parking.primer));
    return false;
  }
  /* The one that opens the file is its first thread; the others are looked at once that one waits. */
  bool sleeps = status_sleeps(parking.status) && (!parking.slept || tree_sleeps());
  if (sleeps && parking.slept) {
    parking.announced = true;
    send_frame(FRAME_PARKED, NULL, 0);
  }
  parking.slept = sleeps;
  return parking.announced;
}

__attribute__((noreturn)) static void fault_of_ended(int status) {
  char said[200];
  ssize_t n = read(program.err, said, sizeof said - 1);
  said[n > 0 ? n : 0] = 0;
  errno = 0;
  fault("the parked program ended with status %#x, saying: %s", status, said);
}

void expect_parked(void) {
  int status;
  if (waitpid(program.pid, &status, WNOHANG) == program.pid) fault_of_ended(status);
}

void wake_program(void) {
  if (!parking.started) fault("wake out of place");
  parking.announced = true; /* it is no longer looked for: what stands at its place from now on is its file */
  /*
   * Stopped, it can not come to the pipe while that is exchanged. An open that waits is interrupted by this, and
   * begun anew by the kernel when the program goes on: it then opens what stands there by that time.
   */
  int status;
  await_child();
  if (signal_program(program.pid, SIGSTOP) != 0 || waitpid(program.pid, &status, WUNTRACED) != program.pid) fault("stopping");
  if (!WIFSTOPPED(status)) fault_of_ended(status);
  /* Opened, but not primed yet: then it needs no primer. */
  if (parking.primer != NULL && parking.feed < 0) open_feed();
  if (unlinkat(parking.directory, parking.name, 0) != 0) fault("clearing the parking place");
}

/* Gives the program, which reads the pipe, what now stands in the file. */
static void feed_parked(void) {
  if (parking.feed < 0) return;
  int fd = openat(parking.directory, parking.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fault("opening the parked program's file");
  static char content[CHUNK];
  ssize_t n;
  while ((n = read(fd, content, sizeof content)) > 0) {
    if (write(parking.feed, content, (size_t)n) != n) fault("the parked program's file does not fit into a pipe");
  }
  close(fd);
  close(parking.feed);
}

static void note_cpu_base(void) {
  struct rusage usage;
  uint64_t memory;
  if (cgroup.cpu >= 0) {
    program.cpu_base_us = cgroup_cpu_us();
  } else {
    sample_tree(&program.cpu_base_us, &memory);
    program.cpu_base_us += reaped_cpu_us(&usage);
  }
}

void release_program(void) {
  note_cpu_base();
  /* Of CPU time only a second fence: the CPU limit itself counts all processes together, in the loop. */
  start.limits = (struct run_limits){.file_bytes = setup.files_bytes,
                                     .cpu_s = (setup.cpu_ms + program.cpu_base_us / 1000) / 1000 + 2};
  start.is_limited = true;
  /* Counted by uid: the supervisor too where it has the program's. */
  if (setup.flags & LIMIT_PROCESSES) start.limits.processes = setup.processes + ((setup.flags & SHARE_IDS) != 0);
  if (parking.started && !limit_run(program.pid, &start.limits) && errno != ESRCH) fault("prlimit");
  drop_capabilities();
  if (parking.started) prepare_signal(program.pid, SIGCONT);
  part_ids();
  program.let_go = true;
  if (!parking.started) {
    start_program();
  } else {
    feed_parked();
    close(parking.directory);
    close(parking.status);
    send_prepared_signal();
  }
  free(strings);
}
