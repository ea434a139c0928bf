/*
 * The supervisor: PID 1 of every sandbox.
 *
 * Theory of operation
 *
 * The engine starts it inside fresh namespaces with an empty environment, over two descriptors: frames from
 * the runner come in on 0, frames to the runner go out on 1 (protocol.h). On its command line the engine
 * names the descriptors of the run's cgroup files: `join=4,5` to move a process in by writing "0", `cpu=6`
 * and `oom=7` to read what was used. It has capabilities over the sandbox's own user namespace, and no
 * others.
 *
 * 1. SETUP, while no hostile byte has been read: it mounts the writable file systems at the size of this
 *    run, forbids further user namespaces, and drops every capability for good. It is not dumpable, so that
 *    the program, which runs under the same uid, can neither trace it nor open its descriptors.
 * 2. EXEC: the child is forked now, joins the cgroup and sets its limits, while files are still coming;
 *    it waits on a pipe. Only the child is in the limited cgroup: the OOM killer never takes the supervisor.
 * 3. GO: the child loads the system call filter and becomes the program. It holds descriptors 0, 1, 2 and
 *    nothing else.
 * 4. One loop moves bytes and watches the deadlines. Nothing in it blocks: output is read from the program
 *    only when the last piece has left for the runner, so memory is bounded and a slow runner slows the
 *    program, never the deadline.
 * 5. The end of the run is the end of its main process. Then everything left in the pid namespace is killed
 *    and reaped, the pipes are drained, artifacts are sent, and the outcome is reported.
 *
 * Who kills whom: the program cannot signal PID 1 (the kernel drops signals from inside the namespace that
 * have no handler, SIGKILL and SIGSTOP included). If the runner goes away, descriptor 0 ends and the
 * supervisor exits; when PID 1 exits, for whatever reason, the kernel kills the whole namespace.
 */
#define _GNU_SOURCE
#include "protocol.h"
#include "seccomp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BOX "/box"
#define CHUNK (64 * 1024)
#define HEADER 5
#define DRAIN_US 200000
#define SAMPLE_US 20000
/* A program that floods both streams passes one cap first: it gets this long, read and dropped, to show it. */
#define OVERFLOW_US 100000
#define MAX_JOIN 8
#define MAX_VECTOR 4096
#define OPEN_FILES 1024

static struct {
  int join[MAX_JOIN], joins;
  int cpu, oom;
} cgroup = {.cpu = -1, .oom = -1};

static struct setup setup;
static struct outcome outcome = {.exit_code = -1};
static char *collect;

/* --- time, and the two ways out ------------------------------------------------------------------------ */

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void write_all(int fd, const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    ssize_t n = write(fd, at, size);
    if (n > 0) {
      at += n;
      size -= (size_t)n;
    } else if (n < 0 && errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      poll(&room, 1, -1);
    } else if (n < 0 && errno != EINTR) {
      _exit(1); /* the runner is gone, and with it everybody who could be told */
    }
  }
}

static void put_header(unsigned char *at, uint8_t type, uint32_t size) {
  at[0] = type;
  memcpy(at + 1, &size, sizeof size);
}

static void send_frame(uint8_t type, const void *data, uint32_t size) {
  unsigned char header[HEADER];
  put_header(header, type, size);
  write_all(1, header, sizeof header);
  write_all(1, data, size);
}

/* Ours, not the program's: says what could not be set up, and ends the sandbox. */
__attribute__((format(printf, 1, 2), noreturn)) static void fault(const char *format, ...) {
  char text[512];
  int error = errno;
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (n < 0) n = 0;
  if ((size_t)n >= sizeof text) n = sizeof text - 1;
  n += snprintf(text + n, sizeof text - (size_t)n, ": %s", strerror(error));
  if ((size_t)n >= sizeof text) n = sizeof text - 1;
  send_frame(FRAME_FAULT, text, (uint32_t)n);
  _exit(1);
}

static void read_exactly(void *data, size_t size) {
  char *at = data;
  while (size > 0) {
    ssize_t n = read(0, at, size);
    if (n == 0) _exit(0); /* the runner hung up */
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) _exit(1);
    at += n;
    size -= (size_t)n;
  }
}

static void *read_block(size_t size) {
  char *block = malloc(size + 1);
  if (block == NULL) fault("malloc of %zu bytes", size);
  read_exactly(block, size);
  block[size] = 0;
  return block;
}

/* --- 1. the walls that need capabilities ---------------------------------------------------------------- */

static void mount_files(void) {
  char options[128];
  snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu,mode=0755,uid=%u,gid=%u",
           (unsigned long long)setup.files_bytes, (unsigned long long)setup.files_inodes, getuid(), getgid());
  /* One file system behind all three places, so that the size bounds them together. */
  if (mount("files", BOX, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) fault("mount of " BOX);
  static const struct {
    const char *inside, *target;
    mode_t mode;
  } places[] = {{BOX "/tmp", "/tmp", 01777}, {BOX "/shm", "/dev/shm", 01777}, {BOX "/box", BOX, 0755}};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (mkdir(places[i].inside, places[i].mode) != 0 || chmod(places[i].inside, places[i].mode) != 0) {
      fault("mkdir %s", places[i].inside);
    }
    if (mount(places[i].inside, places[i].target, NULL, MS_BIND, NULL) != 0) fault("bind of %s", places[i].target);
  }
}

/* Where the kernel lets a user namespace be made, much of its attack surface opens. The seccomp filter refuses it too. */
static void forbid_user_namespaces(void) {
  int fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) fault("forbidding user namespaces");
  close(fd);
}

static void drop_capabilities(void) {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) fault("dropping capability %d", capability);
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{0}};
  if (syscall(SYS_capset, &header, none) != 0) fault("dropping capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fault("no_new_privs");
}

/* --- files in and out: always through here, never by a path from outside -------------------------------- */

/* Opens the directory that holds `name`, making it, and leaves the last segment in *last. Follows no link. */
static int open_parent(char *name, char **last) {
  int directory = open(BOX, O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (char *slash; directory >= 0 && (slash = strchr(name, '/')) != NULL; name = slash + 1) {
    *slash = 0;
    if (mkdirat(directory, name, 0755) != 0 && errno != EEXIST) {
      close(directory);
      return -1;
    }
    int next = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(directory);
    directory = next;
  }
  *last = name;
  return directory;
}

static void note_file_error(const char *what) {
  if (errno != ENOSPC) fault("%s", what);
  outcome.facts |= FILES_DID_NOT_FIT;
}

static void receive_directory(uint32_t size) {
  char *name = read_block(size), *last;
  int parent = open_parent(name, &last);
  if (parent < 0 || (mkdirat(parent, last, 0755) != 0 && errno != EEXIST)) note_file_error("making a directory");
  if (parent >= 0) close(parent);
  free(name);
}

static void receive_file(uint32_t size) {
  uint16_t head[2]; /* mode, name length */
  if (size < sizeof head) fault("short file frame");
  read_exactly(head, sizeof head);
  if (size - sizeof head < head[1]) fault("short file frame");
  char *name = read_block(head[1]), *last;
  size_t left = size - sizeof head - head[1];
  int parent = open_parent(name, &last);
  int fd = parent < 0 ? -1 : openat(parent, last, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, head[0] & 0777);
  if (fd < 0) note_file_error("making a file");
  static char chunk[CHUNK];
  while (left > 0) {
    size_t piece = left < sizeof chunk ? left : sizeof chunk;
    read_exactly(chunk, piece);
    left -= piece;
    for (size_t done = 0; fd >= 0 && done < piece;) {
      ssize_t n = write(fd, chunk + done, piece - done);
      if (n > 0) {
        done += (size_t)n;
      } else {
        note_file_error("writing a file");
        close(fd);
        fd = -1; /* the rest is read and dropped */
      }
    }
  }
  if (fd >= 0) close(fd);
  if (parent >= 0) close(parent);
  free(name);
}

/*
 * Sends the regular files below `directory` (an open descriptor, taken over). Nothing runs in the sandbox any
 * more, so nothing can be swapped under it. `budget` is what may still be sent.
 */
static void send_artifacts(int directory, const char *prefix, uint64_t *budget, int depth) {
  DIR *entries = directory < 0 ? NULL : fdopendir(directory);
  if (entries == NULL) return;
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char name[4096];
    if (snprintf(name, sizeof name, "%s/%s", prefix, entry->d_name) >= (int)sizeof name) continue;
    struct stat status;
    if (fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode) && depth > 0) {
      send_artifacts(openat(dirfd(entries), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), name, budget,
                     depth - 1);
    } else if (S_ISREG(status.st_mode)) {
      uint64_t size = (uint64_t)status.st_size;
      if (size > *budget) {
        outcome.facts |= ARTIFACTS_TOO_LARGE;
        continue;
      }
      *budget -= size;
      int fd = openat(dirfd(entries), entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
      if (fd < 0) continue;
      uint16_t head[2] = {status.st_mode & 0777, (uint16_t)strlen(name)};
      unsigned char header[HEADER];
      put_header(header, FRAME_ARTIFACT, (uint32_t)(sizeof head + head[1] + size));
      write_all(1, header, sizeof header);
      write_all(1, head, sizeof head);
      write_all(1, name, head[1]);
      static char chunk[CHUNK];
      while (size > 0) {
        ssize_t n = read(fd, chunk, size < sizeof chunk ? size : sizeof chunk);
        if (n <= 0) _exit(1); /* a frame that can not be completed: the runner sees a broken sandbox */
        write_all(1, chunk, (size_t)n);
        size -= (uint64_t)n;
      }
      close(fd);
    }
  }
  closedir(entries);
}

/* --- 2. and 3. the program ------------------------------------------------------------------------------- */

static struct {
  pid_t pid;
  int go;     /* write end: one byte lets it start */
  int failed; /* read end: errno of what kept it from starting; end of file once it runs */
  int in, out, err;
} program = {.in = -1, .out = -1, .err = -1};

static void limit(int resource, uint64_t value) {
  struct rlimit both = {value, value};
  setrlimit(resource, &both);
}

/* In the child. Returns only on failure, with errno. */
static void become_program(char **argv, char **envp, int go, int in, int out, int err) {
  for (int i = 0; i < cgroup.joins; i++) {
    if (write(cgroup.join[i], "0", 1) != 1) return;
  }
  int adjust = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (adjust >= 0) {
    /* Where the machine itself runs out of memory, this goes first. */
    if (write(adjust, "1000", 4) != 4) return;
    close(adjust);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, OPEN_FILES);
  limit(RLIMIT_FSIZE, setup.files_bytes);
  limit(RLIMIT_MSGQUEUE, 0);
  limit(RLIMIT_MEMLOCK, 64 * 1024);
  limit(RLIMIT_STACK, 8 * 1024 * 1024);
  /* Only a second fence: the CPU limit itself counts all processes together, in the loop below. */
  limit(RLIMIT_CPU, setup.cpu_ms / 1000 + 2);
  if (setup.flags & LIMIT_PROCESSES) limit(RLIMIT_NPROC, setup.processes + 1); /* the supervisor counts too */
  setsid();
  umask(022);
  if (chdir(BOX) != 0) return;

  char byte;
  if (read(go, &byte, 1) != 1) _exit(0);

  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) return;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  /* Everything from 3 on is close-on-exec, and goes whatever it is. */
  if (syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */) != 0) return;
  if (seccomp_load() != 0) return;
  environ = envp;
  execvp(argv[0], argv);
}

static void make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) fault("pipe");
}

static void prepare_program(uint32_t size) {
  uint16_t counts[2]; /* argc, envc */
  if (size < sizeof counts) fault("short exec frame");
  read_exactly(counts, sizeof counts);
  char *strings = read_block(size - sizeof counts), *at = strings, *end = strings + size - sizeof counts;
  static char *vector[MAX_VECTOR + 2];
  if (counts[0] == 0 || counts[0] + counts[1] > MAX_VECTOR) fault("exec frame with %d strings", counts[0] + counts[1]);
  char **argv = vector, **envp = vector + counts[0] + 1, **slot = vector;
  for (int i = 0; i < counts[0] + counts[1]; i++) {
    if (at >= end) fault("exec frame with too few strings");
    if (i == counts[0]) slot++; /* the NULL that ends argv */
    *slot++ = at;
    at += strlen(at) + 1;
  }

  int go[2], failed[2], in[2], out[2], err[2];
  make_pipe(go);
  make_pipe(failed);
  make_pipe(in);
  make_pipe(out);
  if (setup.flags & MERGE_STDERR) {
    err[0] = -1;
    err[1] = out[1];
  } else {
    make_pipe(err);
  }
  program.pid = fork();
  if (program.pid < 0) fault("fork");
  if (program.pid == 0) {
    close(go[1]); /* else it would hold its own starting pipe open */
    become_program(argv, envp, go[0], in[0], out[1], err[1]);
    int error = errno;
    if (write(failed[1], &error, sizeof error) != sizeof error) _exit(126);
    _exit(127);
  }
  close(go[0]);
  close(failed[1]);
  close(in[0]);
  close(out[1]);
  if (err[0] >= 0) close(err[1]);
  for (int i = 0; i < cgroup.joins; i++) close(cgroup.join[i]);
  free(strings);
  program.go = go[1];
  program.failed = failed[0];
  program.in = in[1];
  program.out = out[0];
  program.err = err[0];
  fcntl(program.in, F_SETFL, O_NONBLOCK);
  fcntl(program.out, F_SETFL, O_NONBLOCK);
  if (program.err >= 0) fcntl(program.err, F_SETFL, O_NONBLOCK);
}

/* --- what was used ---------------------------------------------------------------------------------------- */

/* Reads the number after `key` (or the first number when key is empty) of a small kernel file. */
static uint64_t read_number(int fd, const char *key) {
  char text[1024];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  if (n <= 0) return 0;
  text[n] = 0;
  const char *at = strstr(text, key);
  return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

/* CPU time and resident memory of all processes but this one, from /proc: where there is no cgroup to ask. */
static void sample_tree(uint64_t *cpu_us, uint64_t *memory_bytes) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) return;
  uint64_t ticks = 0, pages = 0;
  for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
    long pid = strtol(entry->d_name, NULL, 10);
    if (pid <= 1) continue;
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) continue;
    text[n] = 0;
    /* The name is in brackets and may hold anything; the fields start behind the last one. */
    const char *fields = strrchr(text, ')');
    unsigned long long user, system, resident;
    if (fields != NULL && sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %*u %*u %llu",
                                 &user, &system, &resident) == 3) {
      ticks += user + system;
      pages += resident;
    }
  }
  closedir(proc);
  *cpu_us = ticks * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
  *memory_bytes = pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t microseconds(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

static uint64_t reaped_cpu_us(struct rusage *usage) {
  getrusage(RUSAGE_CHILDREN, usage);
  return microseconds(usage->ru_utime) + microseconds(usage->ru_stime);
}

static uint64_t cgroup_cpu_us(void) {
  /* v2: cpu.stat starts with "usage_usec N"; v1: cpuacct.usage is nanoseconds. */
  uint64_t v2 = read_number(cgroup.cpu, "usage_usec ");
  return v2 > 0 ? v2 : read_number(cgroup.cpu, "") / 1000;
}

/* --- 4. the loop ------------------------------------------------------------------------------------------- */

static struct {
  unsigned char data[HEADER + CHUNK];
  size_t at, end;
} leaving; /* the frame on its way to the runner */

static struct {
  unsigned char header[HEADER];
  size_t have;         /* of the header */
  uint32_t left;       /* of the frame's body */
  char data[CHUNK];
  size_t at, end;      /* stdin bytes that the program has not taken yet */
  bool eof;
} arriving;

static uint64_t output_seen[2];
static uint64_t overflow_until; /* when a program that has passed an output cap is ended; 0: it has not */

static void kill_all(void) { kill(-1, SIGKILL); }

static void close_stdin(void) {
  if (program.in >= 0) close(program.in);
  program.in = -1;
}

/* Takes what the program wrote; at most the cap plus one byte is ever read into a frame. Returns false at end of file. */
static bool take_output(int fd, int stream) {
  unsigned char *body = leaving.data + HEADER;
  ssize_t n = read(fd, body, CHUNK);
  if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
  uint64_t room = setup.output_bytes - output_seen[stream];
  if ((uint64_t)n > room) {
    outcome.facts |= stream == 0 ? STDOUT_TRUNCATED : STDERR_TRUNCATED;
    if (!(setup.flags & DISCARD_OVERFLOW) && overflow_until == 0) overflow_until = now_us() + OVERFLOW_US;
    n = (ssize_t)room;
  }
  output_seen[stream] += (uint64_t)n;
  if (n > 0) {
    put_header(leaving.data, stream == 0 ? FRAME_STDOUT : FRAME_STDERR, (uint32_t)n);
    leaving.at = 0;
    leaving.end = HEADER + (size_t)n;
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
  while (program.in >= 0 && arriving.at < arriving.end) {
    ssize_t n = write(program.in, arriving.data + arriving.at, arriving.end - arriving.at);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      close_stdin(); /* the program does not read any more: what is left is of no use to anybody */
      break;
    }
    arriving.at += (size_t)n;
  }
  arriving.at = arriving.end = 0;
  if (arriving.eof && arriving.left == 0) close_stdin();
}

/* Reads from the runner; called only while no stdin bytes wait. */
static void take_frame(void) {
  if (arriving.left == 0) {
    ssize_t n = read(0, arriving.header + arriving.have, HEADER - arriving.have);
    if (n == 0) _exit(0);
    if (n < 0) return;
    arriving.have += (size_t)n;
    if (arriving.have < HEADER) return;
    arriving.have = 0;
    memcpy(&arriving.left, arriving.header + 1, sizeof arriving.left);
    if (arriving.header[0] == FRAME_EOF) {
      arriving.eof = true;
      close_stdin();
    }
    return;
  }
  size_t piece = arriving.left < sizeof arriving.data ? arriving.left : sizeof arriving.data;
  ssize_t n = read(0, arriving.data, piece);
  if (n == 0) _exit(0);
  if (n < 0) return;
  arriving.left -= (uint32_t)n;
  if (arriving.header[0] == FRAME_STDIN) {
    arriving.end = (size_t)n;
    feed_program();
  } else if (arriving.header[0] == FRAME_SIGNAL) {
    kill(program.pid, arriving.data[0]);
  }
}

/* Reaps whatever has ended. Returns true once the program itself has. */
static bool reap(void) {
  bool ended = false;
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
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
  if (used > *cpu_peak_us) *cpu_peak_us = used;
  if (memory > outcome.memory_peak_bytes) outcome.memory_peak_bytes = memory;
  if ((setup.flags & SAMPLE_MEMORY) && memory > setup.memory_bytes) {
    outcome.facts |= MEMORY_EXCEEDED;
    kill_all();
  }
  if (cgroup.oom >= 0 && read_number(cgroup.oom, "oom_kill ") > 0) kill_all(); /* a run that lost a process is over */
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

static void run(void) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fault("signalfd");
  if (fcntl(0, F_SETFL, O_NONBLOCK) != 0 || fcntl(1, F_SETFL, O_NONBLOCK) != 0) fault("fcntl");

  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (processors < 1) processors = 1;
  uint64_t started = now_us(), deadline = started + setup.wall_ms * 1000, drain_until = 0, cpu_peak_us = 0;
  uint64_t next_check = started + check_usage(processors, &cpu_peak_us);
  write_all(program.go, "", 1);
  close(program.go);

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

    bool can_take = leaving.end == 0;
    struct pollfd fds[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = !ended && arriving.end == 0 ? 0 : -1, .events = POLLIN},
        {.fd = leaving.end > 0 ? 1 : -1, .events = POLLOUT},
        {.fd = can_take ? program.out : -1, .events = POLLIN},
        {.fd = can_take ? program.err : -1, .events = POLLIN},
        {.fd = arriving.end > 0 ? program.in : -1, .events = POLLOUT},
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
      if (reap() && !ended) {
        ended = true;
        outcome.wall_us = now_us() - started;
        drain_until = now_us() + DRAIN_US;
        kill_all();
        close_stdin();
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
  uint64_t counted = cgroup.cpu >= 0 ? cgroup_cpu_us() : cpu_peak_us;
  outcome.cpu_us = counted > reaped ? counted : reaped;
  uint64_t resident = (uint64_t)usage.ru_maxrss * 1024;
  if (resident > outcome.memory_peak_bytes) outcome.memory_peak_bytes = resident;
  int error;
  if (read(program.failed, &error, sizeof error) == sizeof error) outcome.exec_errno = error;
}

/* --- start -------------------------------------------------------------------------------------------------- */

static void parse_arguments(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], "cpu=", 4) == 0) cgroup.cpu = atoi(argv[i] + 4);
    if (strncmp(argv[i], "oom=", 4) == 0) cgroup.oom = atoi(argv[i] + 4);
    if (strncmp(argv[i], "join=", 5) == 0) {
      for (char *at = argv[i] + 5; *at != 0 && cgroup.joins < MAX_JOIN;) {
        cgroup.join[cgroup.joins++] = (int)strtol(at, &at, 10);
        if (*at == ',') at++;
      }
    }
  }
}

static bool is_ours(int fd) {
  if (fd <= 2 || fd == cgroup.cpu || fd == cgroup.oom) return true;
  for (int i = 0; i < cgroup.joins; i++) {
    if (fd == cgroup.join[i]) return true;
  }
  return false;
}

/* Whatever else was inherited, from the runner or from who started the runner, goes. */
static void close_strangers(void) {
  for (int fd = 3; fd < 64; fd++) {
    if (is_ours(fd)) {
      fcntl(fd, F_SETFD, FD_CLOEXEC);
    } else {
      close(fd);
    }
  }
  syscall(SYS_close_range, 64, ~0u, 0);
}

int main(int argc, char **argv) {
  parse_arguments(argc, argv);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fault("dumpable");
  close_strangers();
  signal(SIGPIPE, SIG_IGN);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);

  for (bool going = false; !going;) {
    unsigned char header[HEADER];
    uint32_t size;
    read_exactly(header, sizeof header);
    memcpy(&size, header + 1, sizeof size);
    switch (header[0]) {
      case FRAME_SETUP:
        if (size != sizeof setup) fault("setup frame of %u bytes", size);
        read_exactly(&setup, sizeof setup);
        if (setup.flags & MOUNT_FILES) {
          mount_files();
          forbid_user_namespaces();
        }
        drop_capabilities();
        umask(022);
        if (chdir(BOX) != 0) fault("chdir");
        send_frame(FRAME_READY, NULL, 0);
        break;
      case FRAME_EXEC:
        prepare_program(size);
        break;
      case FRAME_DIR:
        receive_directory(size);
        break;
      case FRAME_FILE:
        receive_file(size);
        break;
      case FRAME_COLLECT:
        collect = read_block(size);
        break;
      case FRAME_GO:
        if (program.pid == 0) fault("go before exec");
        going = true;
        break;
      default:
        fault("unknown frame %u", header[0]);
    }
  }
  if (outcome.facts & FILES_DID_NOT_FIT) {
    kill_all();
  } else {
    run();
    if (collect != NULL && outcome.exit_code == 0) {
      uint64_t budget = setup.files_bytes;
      send_artifacts(openat(AT_FDCWD, collect, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), collect, &budget, 16);
    }
  }
  send_frame(FRAME_EXIT, &outcome, sizeof outcome);
  return 0;
}
