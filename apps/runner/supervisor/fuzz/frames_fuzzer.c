/*
 * Fuzzes the supervisor with frames (libFuzzer). tools/fuzz.mjs builds it and says what it found.
 *
 * Theory of operation
 *
 * Every input is one life of the real supervisor: PID 1 of a pid and mount namespace of its own, in a child of
 * the fuzzer, with the input in the pipe that is its stdin. It mounts, forks, writes and executes as it always
 * does, and whatever it leaves goes with its namespaces. The fuzzer itself runs in a bubblewrap sandbox, so that
 * an input that gets out of hand finds nothing that it could harm.
 *
 * What the child covers is counted in its own memory. Where it ends it adds its counters to memory that both
 * share, and the fuzzer adds that to its own. There it also notes that a sanitizer has something to say.
 *
 * The end of the input is the end of the runner as long as frames are being read for. Once the program runs, the
 * runner merely has no more to say: otherwise no input would ever see a program to its end.
 */
#define _GNU_SOURCE
#include "../protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HEADER 5
/* Fits into a pipe, so that it is all there before the supervisor is. */
#define MAX_INPUT (32 * 1024)
#define MAX_FRAMES 64
/* A program may be told to sleep: such a life is cut short, and is no finding. */
#define LIFE_MS 400
/* sanitizers.c; the supervisor itself ends with 0 or 1. */
#define BROKEN 99

int supervisor_main(int argc, char **argv);

extern uint8_t __start___sancov_cntrs, __stop___sancov_cntrs;
static uint8_t *shared;
static volatile bool *found;

static size_t counters(void) { return (size_t)(&__stop___sancov_cntrs - &__start___sancov_cntrs); }

/* Both are called before the report is written, which takes longer than a life may. */
void __asan_on_error(void) { *found = true; }
void __ubsan_on_report(void) { *found = true; }

/* --- in the child: what the linker puts in the place of the C library's ---------------------------------------- */

__attribute__((noreturn)) void __real__exit(int status);
ssize_t __real_read(int fd, void *data, size_t size);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
pid_t __real_fork(void);

static bool is_drained(void) {
  int bytes = 0;
  return ioctl(0, FIONREAD, &bytes) == 0 && bytes == 0;
}

static void add_counters(uint8_t *to, const uint8_t *from) {
  for (size_t i = 0; i < counters(); i++) {
    unsigned sum = to[i] + from[i];
    to[i] = sum > 255 ? 255 : (uint8_t)sum;
  }
}

__attribute__((noreturn)) void __wrap__exit(int status) {
  add_counters(shared, &__start___sancov_cntrs);
  __real__exit(status);
}

ssize_t __wrap_read(int fd, void *data, size_t size) {
  bool blocks = fd == 0 && !(fcntl(0, F_GETFL) & O_NONBLOCK);
  if (blocks && is_drained()) return 0;
  return __real_read(fd, data, size);
}

/* Only frames are waited for with it. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout) {
  int ready = __real_poll(fds, count, timeout < 0 ? 20 : timeout);
  if (ready == 0 && timeout < 0) {
    fds[0].revents = POLLHUP;
    return 1;
  }
  return ready;
}

static void stop_handling(const int *signals, size_t count) {
  for (size_t i = 0; i < count; i++) signal(signals[i], SIG_DFL);
}

/* A SIGNAL frame may send the program what is a fault when it comes from the kernel. */
pid_t __wrap_fork(void) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  pid_t child = __real_fork();
  if (child == 0) stop_handling(faults, sizeof faults / sizeof faults[0]);
  return child;
}

__attribute__((noreturn)) static void live(int input) {
  static char *arguments[] = {"supervisor", NULL};
  static const int of_the_fuzzer[] = {SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGXFSZ};
  stop_handling(of_the_fuzzer, sizeof of_the_fuzzer / sizeof of_the_fuzzer[0]);
  int nowhere = open("/dev/null", O_RDWR);
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount("box", "/box", "tmpfs", 0, "size=4m") != 0 ||
      mount("proc", "/proc", "proc", 0, NULL) != 0 || dup2(input, 0) != 0 || dup2(nowhere, 1) != 1) {
    perror("preparing a sandbox");
    __real__exit(BROKEN);
  }
  __wrap__exit(supervisor_main(1, arguments));
}

/* --- in the fuzzer --------------------------------------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  shared = mmap(NULL, counters() + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return -1;
  found = (volatile bool *)shared + counters();
  return 0;
}

/* Waits for the child; one that takes too long is ended. */
static int end_of(pid_t child) {
  int status = 0, handle = (int)syscall(SYS_pidfd_open, child, 0);
  struct pollfd ended = {.fd = handle, .events = POLLIN};
  if (__real_poll(&ended, 1, LIFE_MS) == 0 && !*found) kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  close(handle);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > MAX_INPUT) return -1;
  int input[2];
  if (pipe(input) != 0 || write(input[1], data, size) != (ssize_t)size) abort();
  memset(shared, 0, counters() + 1);
  pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
  if (child < 0) {
    perror("clone");
    abort();
  }
  if (child == 0) {
    close(input[1]);
    live(input[0]);
  }
  int status = end_of(child);
  close(input[0]);
  close(input[1]);
  add_counters(&__start___sancov_cntrs, shared);
  if (*found || (WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL : WEXITSTATUS(status) > 1)) {
    fprintf(stderr, "the supervisor ended with status %#x\n", status);
    abort();
  }
  return 0;
}

/* --- mutations that keep frames whole: most others end at the first length that is wrong -------------------------- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

struct frame {
  size_t at, size; /* with its header */
};

static size_t cut(const uint8_t *data, size_t size, struct frame *frames) {
  size_t count = 0, at = 0;
  while (count < MAX_FRAMES && size - at >= HEADER) {
    uint32_t length;
    memcpy(&length, data + at + 1, sizeof length);
    if (length > size - at - HEADER) break;
    frames[count++] = (struct frame){.at = at, .size = HEADER + length};
    at += HEADER + length;
  }
  return count;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  struct frame frames[MAX_FRAMES];
  size_t count = cut(data, size, frames);
  unsigned kind = seed % 8;
  if (count == 0 || kind == 0) return LLVMFuzzerMutate(data, size, max_size);
  struct frame picked = frames[seed / 8 % count], other = frames[seed / 512 % count];
  uint8_t *begin = data + picked.at, *end = begin + picked.size;
  size_t behind = size - picked.at - picked.size;
  if (kind == 1) { /* leave it out */
    memmove(begin, end, behind);
    return size - picked.size;
  }
  if (kind == 2 && size + other.size <= max_size) { /* put another in front of it */
    uint8_t *copy = malloc(other.size);
    memcpy(copy, data + other.at, other.size);
    memmove(begin + other.size, begin, size - picked.at);
    memcpy(begin, copy, other.size);
    free(copy);
    return size + other.size;
  }
  if (kind == 3) { /* make it one of another type */
    static const char types[] = "LXKWTDFCGIEPS";
    begin[0] = (uint8_t)types[seed / 64 % (sizeof types - 1)];
    return size;
  }
  /* change what is in it */
  size_t room = max_size - size + picked.size - HEADER;
  if (room == 0) return size;
  uint8_t *body = malloc(room);
  memcpy(body, begin + HEADER, picked.size - HEADER);
  uint32_t length = (uint32_t)LLVMFuzzerMutate(body, picked.size - HEADER, room);
  memmove(begin + HEADER + length, end, behind);
  memcpy(begin + 1, &length, sizeof length);
  memcpy(begin + HEADER, body, length);
  free(body);
  return size - picked.size + HEADER + length;
}
