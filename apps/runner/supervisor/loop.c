#define _GNU_SOURCE
#include "loop.h"

#include "frames.h"
#include "ids.h"
#include "program.h"
#include "state.h"
#include "terminal.h"
#include "usage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_US 200000
#define SAMPLE_US 20000
/* A program that floods both streams passes one cap first: it gets this long, read and dropped, to show it. */
#define OVERFLOW_US 100000

#define STAMP sizeof(uint64_t)

static struct {
  unsigned char data[FRAME_HEADER + STAMP + CHUNK];
  size_t at, end;
} leaving; /* the frame on its way to the runner */

static struct {
  unsigned char header[FRAME_HEADER];
  size_t have;           /* of the header */
  uint32_t left;         /* of the frame's body */
  unsigned char body[4]; /* of a frame that is no stdin */
  size_t filled;
} arriving;

static struct {
  char data[STDIN_WINDOW];
  size_t at, end;  /* bytes that the program has not taken yet */
  uint32_t taken;  /* since the runner was last told */
  bool eof;        /* nothing follows */
} input;

static bool pong_due;
static uint64_t output_seen[2];
static uint64_t overflow_until; /* when a program that has passed an output cap is ended; 0: it has not */

void kill_all(void) { signal_program(-1, SIGKILL); }

static void close_stdin(void) {
  if (program.in >= 0) close(program.in);
  program.in = -1;
}

/* Takes what the program wrote; at most the cap plus one byte is ever read into a frame. Returns false at end of file. */
static bool take_output(int fd, int stream) {
  ssize_t n = read(fd, leaving.data + FRAME_HEADER + STAMP, CHUNK);
  if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR); /* a terminal that everybody has left: EIO */
  uint64_t stamp = now_us() - program.released_us;
  uint64_t room = setup.output_bytes - output_seen[stream];
  if ((uint64_t)n > room) {
    outcome.facts |= stream == 0 ? STDOUT_TRUNCATED : STDERR_TRUNCATED;
    if (!(setup.flags & DISCARD_OVERFLOW) && overflow_until == 0) overflow_until = now_us() + OVERFLOW_US;
    n = (ssize_t)room;
  }
  output_seen[stream] += (uint64_t)n;
  if (n > 0) {
    put_header(leaving.data, stream == 0 ? FRAME_STDOUT : FRAME_STDERR, (uint32_t)(STAMP + (size_t)n));
    memcpy(leaving.data + FRAME_HEADER, &stamp, STAMP);
    leaving.at = 0;
    leaving.end = FRAME_HEADER + STAMP + (size_t)n;
  }
  return true;
}

static void flush_leaving(void) {
  while (leaving.at < leaving.end) {
    ssize_t n = write(1, leaving.data + leaving.at, leaving.end - leaving.at);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) _exit(1);
    leaving.at += (size_t)n;
  }
  leaving.at = leaving.end = 0;
}

static void feed_program(void) {
  while (program.in >= 0 && input.at < input.end) {
    ssize_t n = write(program.in, input.data + input.at, input.end - input.at);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      close_stdin(); /* the program does not read any more: what is left is of no use to anybody */
      break;
    }
    input.at += (size_t)n;
    input.taken += (uint32_t)n;
  }
  input.taken += (uint32_t)(input.end - input.at);
  input.at = input.end = 0;
  if (input.eof && program.terminal < 0) close_stdin();
}

/* Tells the runner how much more it may send, before it has to wait for that. */
static void tell_taken(void) {
  if (leaving.end > 0 || input.taken < STDIN_WINDOW / 4) return;
  put_header(leaving.data, FRAME_TAKEN, sizeof input.taken);
  memcpy(leaving.data + FRAME_HEADER, &input.taken, sizeof input.taken);
  leaving.end = FRAME_HEADER + sizeof input.taken;
  input.taken = 0;
  flush_leaving();
}

static void answer_ping(void) {
  if (leaving.end > 0 || !pong_due) return;
  put_header(leaving.data, FRAME_PONG, 0);
  leaving.end = FRAME_HEADER;
  pong_due = false;
  flush_leaving();
}

/* A frame that is no stdin is here as a whole. */
static void obey_frame(void) {
  if (arriving.header[0] == FRAME_PING) {
    pong_due = true;
  } else if (arriving.header[0] == FRAME_EOF) {
    input.eof = true;
    feed_program();
  } else if (arriving.header[0] == FRAME_SIGNAL && arriving.filled >= 1) {
    /* It may not have come to leading a group yet; and whoever is in the foreground, SIGKILL ends the run. */
    int number = arriving.body[0], failed = signal_program(-foreground_group(), number);
    if (failed || number == SIGKILL) signal_program(program.pid, number);
  } else if (arriving.header[0] == FRAME_TERMINAL && arriving.filled == sizeof(struct terminal)) {
    struct terminal size;
    memcpy(&size, arriving.body, sizeof size);
    resize_terminal(size.columns, size.rows);
  }
}

static bool has_room(void) { return input.end - input.at < sizeof input.data; }

static ssize_t read_runner(void *into, size_t size) {
  ssize_t n = read(0, into, size);
  if (n == 0) _exit(0);
  return n;
}

static void take_stdin(void) {
  if (input.end == sizeof input.data) {
    memmove(input.data, input.data + input.at, input.end - input.at);
    input.end -= input.at;
    input.at = 0;
  }
  size_t room = sizeof input.data - input.end;
  ssize_t n = read_runner(input.data + input.end, arriving.left < room ? arriving.left : room);
  if (n < 0) return;
  arriving.left -= (uint32_t)n;
  input.end += (size_t)n;
  feed_program();
}

/* Reads from the runner what can be read at once. Of stdin only what there is room for. */
static void take_frame(void) {
  if (arriving.left > 0 && arriving.header[0] == FRAME_STDIN) {
    if (has_room()) take_stdin();
    return;
  }
  if (arriving.left > 0) {
    /* What is longer than any frame that is known is read, and not kept. */
    if (arriving.filled == sizeof arriving.body) arriving.filled = 0;
    size_t room = sizeof arriving.body - arriving.filled;
    ssize_t n = read_runner(arriving.body + arriving.filled, arriving.left < room ? arriving.left : room);
    if (n < 0) return;
    arriving.filled += (size_t)n;
    arriving.left -= (uint32_t)n;
  } else {
    ssize_t n = read_runner(arriving.header + arriving.have, FRAME_HEADER - arriving.have);
    if (n < 0) return;
    arriving.have += (size_t)n;
    if (arriving.have < FRAME_HEADER) return;
    arriving.have = arriving.filled = 0;
    memcpy(&arriving.left, arriving.header + 1, sizeof arriving.left);
  }
  if (arriving.left == 0) obey_frame();
}

/* Reaps whatever has ended. Returns true once the program itself has; `is_alone` says whether nothing else is left either. */
static bool reap(bool *is_alone) {
  bool ended = false;
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    *is_alone = pid < 0 && errno == ECHILD; /* whoever loses its parent here becomes our child */
    if (pid <= 0) return ended;
    if (pid != program.pid) continue;
    ended = true;
    if (WIFEXITED(status)) {
      outcome.exit_code = WEXITSTATUS(status);
    } else {
      outcome.signal = WTERMSIG(status);
    }
  }
}

/* Checks what can run out besides wall time; answers how long nothing needs to be looked at, in microseconds. */
static uint64_t check_usage(long processors, uint64_t *cpu_peak_us) {
  uint64_t used = 0, memory = 0;
  bool sampling = cgroup.cpu < 0 || (setup.flags & SAMPLE_MEMORY);
  if (sampling) {
    struct rusage usage;
    sample_tree(&used, &memory);
    used += reaped_cpu_us(&usage);
  }
  if (cgroup.cpu >= 0) used = cgroup_cpu_us();
  used -= used < program.cpu_base_us ? used : program.cpu_base_us;
  if (used > *cpu_peak_us) *cpu_peak_us = used;
  if (memory > outcome.memory_peak_bytes) outcome.memory_peak_bytes = memory;
  if ((setup.flags & SAMPLE_MEMORY) && memory > setup.memory_bytes) {
    outcome.facts |= MEMORY_EXCEEDED;
    kill_all();
  }
  if (oom_killed()) kill_all(); /* a run that lost a process is over */
  uint64_t limit_us = setup.cpu_ms * 1000;
  if (used >= limit_us) {
    outcome.facts |= CPU_EXCEEDED;
    kill_all();
    return SAMPLE_US;
  }
  if (sampling) return SAMPLE_US;
  uint64_t earliest = (limit_us - used) / (uint64_t)processors;
  if (earliest > 500000) earliest = 500000;
  return earliest < 2000 ? 2000 : earliest;
}

void run(int signals) {
  if (fcntl(0, F_SETFL, O_NONBLOCK) != 0 || fcntl(1, F_SETFL, O_NONBLOCK) != 0) fault("fcntl");

  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (processors < 1) processors = 1;
  uint64_t started = program.released_us = now_us();
  uint64_t deadline = started + setup.wall_ms * 1000, drain_until = 0, cpu_peak_us = 0;
  uint64_t next_check = started + check_usage(processors, &cpu_peak_us);
  release_program();

  bool ended = false;
  while (!ended || program.out >= 0 || program.err >= 0 || leaving.end > 0) {
    uint64_t now = now_us();
    if (!ended && now >= deadline && !(outcome.facts & WALL_EXCEEDED)) {
      outcome.facts |= WALL_EXCEEDED;
      kill_all();
    }
    bool both = (outcome.facts & STDOUT_TRUNCATED) && (outcome.facts & STDERR_TRUNCATED);
    if (!ended && overflow_until > 0 && (both || now >= overflow_until)) {
      kill_all();
      overflow_until = UINT64_MAX;
    }
    if (!ended && now >= next_check) next_check = now + check_usage(processors, &cpu_peak_us);
    if (ended && now >= drain_until && leaving.end == 0) break;

    answer_ping();
    tell_taken();
    bool can_take = leaving.end == 0;
    bool can_hear = arriving.left == 0 || arriving.header[0] != FRAME_STDIN || has_room();
    struct pollfd fds[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = !ended && can_hear ? 0 : -1, .events = POLLIN},
        {.fd = leaving.end > 0 ? 1 : -1, .events = POLLOUT},
        {.fd = can_take ? program.out : -1, .events = POLLIN},
        {.fd = can_take ? program.err : -1, .events = POLLIN},
        {.fd = input.end > 0 ? program.in : -1, .events = POLLOUT},
    };
    uint64_t until = ended ? drain_until : next_check < deadline ? next_check : deadline;
    if (!ended && overflow_until > 0 && overflow_until < until) until = overflow_until;
    uint64_t wait = until > now ? until - now : 0;
    if ((outcome.facts & WALL_EXCEEDED) && wait < SAMPLE_US) wait = SAMPLE_US;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000), .tv_nsec = (long)(wait % 1000000) * 1000};
    if (ppoll(fds, sizeof fds / sizeof fds[0], &timeout, NULL) < 0 && errno != EINTR) fault("poll");

    if (fds[0].revents) {
      struct signalfd_siginfo info;
      while (read(signals, &info, sizeof info) == sizeof info) {}
      bool is_alone;
      if (reap(&is_alone) && !ended) {
        ended = true;
        outcome.wall_us = now_us() - started;
        drain_until = now_us() + DRAIN_US;
        if (!is_alone) kill_all();
        close_stdin();
        leave_terminal();
      }
    }
    if (fds[1].revents) take_frame();
    if (fds[5].revents) feed_program();
    if (fds[2].revents) flush_leaving();
    if (fds[3].revents && leaving.end == 0) {
      if (!take_output(program.out, 0)) {
        close(program.out);
        program.out = -1;
      }
      flush_leaving();
    }
    if (fds[4].revents && leaving.end == 0) {
      if (!take_output(program.err, 1)) {
        close(program.err);
        program.err = -1;
      }
      flush_leaving();
    }
  }
  /* Killed is not gone: whoever is still dying is waited for, so that nothing outlives the report. */
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}

  struct rusage usage;
  uint64_t reaped = reaped_cpu_us(&usage);
  uint64_t counted = cgroup.cpu >= 0 ? cgroup_cpu_us() : cpu_peak_us + program.cpu_base_us;
  if (reaped > counted) counted = reaped;
  outcome.cpu_us = counted - (counted < program.cpu_base_us ? counted : program.cpu_base_us);
  uint64_t resident = (uint64_t)usage.ru_maxrss * 1024;
  if (resident > outcome.memory_peak_bytes) outcome.memory_peak_bytes = resident;
  uint64_t peak = cgroup_peak_bytes();
  if (peak > 0) outcome.memory_peak_bytes = peak;
  if (oom_killed()) outcome.facts |= MEMORY_EXCEEDED;
  outcome.exec_errno = failure_to_start();
}
