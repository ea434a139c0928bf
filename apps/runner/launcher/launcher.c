/*
 * The launcher: starts the bubblewrap engine's sandboxes for the runner.
 *
 * Theory of operation
 *
 * To start a process holds up Node's event loop for milliseconds, and with it every run that goes on. So the runner
 * starts one launcher, and the launcher starts the sandboxes. It is the only one who may ask: the socket is the
 * runner's, and whoever is not our parent is hung up on. Where root starts us, it names a user and a command: then we start
 * the runner, and trust it with nothing (runner.c).
 *
 * 1. The runner connects to the socket that is named on our command line, one connection per sandbox, and sends a
 *    request: its length (u32, little endian), then words, each a letter, a text and a NUL:
 *      n  number by which the runner names this sandbox later
 *      u  host uid and gid that the command, or a sandbox's program, runs under; without it, ours
 *      o  host uid and gid of the sandbox's supervisor, where u is given
 *      d  directory to make, and to remove when the sandbox is gone: its cgroup
 *      s  file to write, v  what to write into it: a setting of the cgroup
 *      w  file to open for writing, r  for reading: the sandbox's next descriptor, from 3 on
 *      m  first and number of the host ids that sandboxes may run under, before b; without it, ours alone
 *      g  number of the state of the machine's programs: a root that was made in another one is not used
 *      c, h, f  next step from what bubblewrap made to a sandbox's root (rootfs.h)
 *      b  next argument of the bubblewrap that makes what the sandbox sees: with these the command is process 1 of a
 *         sandbox (view.c), without them an ordinary one
 *      a  the command's next argument
 * 2. What it asks for is done in that order, and the command started with the connection as descriptors 0 and 1. From then
 *    on the connection belongs to runner and supervisor; the launcher looks at it no more. What the command writes into
 *    descriptor 2 is its complaint; it becomes the supervisor's last frame, a fault, once the command has ended. Behind it
 *    stands how it ended, if the runner was not done with it. An end without that word is the launcher's own.
 * 3. On descriptor 0 come the numbers of sandboxes that the runner is done with (u32): each is killed, if it has not
 *    ended, and its directories are removed. The connection ends when all who hold it have: launcher and supervisor.
 *
 * On descriptor 1, or to a runner that it has started on descriptor 0, it says once that it is there: "+", then "inodes" if each sandbox has a root with inodes of its own, then a blank
 * and the directory that holds the device nodes of each, if they have such, then a new line. The second argument names an
 * empty directory of the runner's, to mount them on.
 *
 * Who kills whom: the end of descriptor 0 is the end of the runner. Then every sandbox is killed, every directory
 * removed, and the launcher ends. When the launcher is killed, the sandboxes die with it. A supervisor that nobody killed
 * ends when its connection does.
 * Nothing here waits for a sandbox; only a view is waited for, once for each kind, and a root, once a minute for each. And nothing a sandboxed program writes is read: the complaint is bwrap's, before the sandbox
 * exists, or the supervisor's.
 */
#define _GNU_SOURCE
#include "devices.h"
#include "roots.h"
#include "runner.h"
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_REQUEST (64 * 1024)
#define MAX_ARGUMENTS 1024
#define MAX_DIRECTORIES 8
#define MAX_FILES 16
#define FIRST_FILE 3
#define MAX_VIEWS 64
#define VIEW_PATIENCE_MS 10000
#define COMPLAINT_BYTES 2048
/* A cgroup can be removed once the last of its processes is gone, a moment after its sandbox. */
#define REMOVE_RETRY_MS 10
#define REMOVE_TRIES 500
/* protocol.h of the supervisor: type, size, and a text or the wait status */
#define FRAME_FAULT 'P'
#define FRAME_ENDED 'Z'

struct sandbox {
  struct sandbox *next;
  uint32_t number;
  int connection; /* -1: the sandbox has ended */
  int complaint;  /* read end */
  pid_t pid;      /* 0: not started, or ended */
  struct root *root; /* NULL: the view's own */
  bool has_supervisor;
  bool refused;   /* the runner was told why, and is to hang up first: else it might not read that */
  bool done;      /* the runner wants it no more */
  char *request;  /* while it is read, NUL-terminated words */
  uint32_t size, got;
  char *directories[MAX_DIRECTORIES];
  int directory_count, tries;
};

static struct sandbox *sandboxes;

static void die(const char *what) {
  fprintf(stderr, "launcher: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* In the supervisor's place. What does not fit at once is lost. */
static void send_frame(struct sandbox *sandbox, char type, const void *body, uint32_t size) {
  char frame[5 + COMPLAINT_BYTES] = {type};
  if (size > COMPLAINT_BYTES) size = COMPLAINT_BYTES;
  memcpy(frame + 1, &size, sizeof size);
  memcpy(frame + 5, body, size);
  (void)!send(sandbox->connection, frame, 5 + size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Tells the runner why there is no sandbox. */
static void complain(struct sandbox *sandbox, const char *text, uint32_t size) {
  send_frame(sandbox, FRAME_FAULT, text, size);
}

static bool refuse(struct sandbox *sandbox, const char *what, const char *name) {
  char text[COMPLAINT_BYTES];
  int size = snprintf(text, sizeof text, "%s %s: %s", what, name, strerror(errno));
  complain(sandbox, text, size < (int)sizeof text ? (uint32_t)size : sizeof text - 1);
  return false;
}

static bool write_setting(const char *file, const char *value) {
  as_runner();
  int fd = open(file, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && write(fd, value, strlen(value)) >= 0;
  as_ourselves();
  if (fd >= 0) close(fd);
  return written;
}

static bool make_directory(const char *path) {
  as_runner();
  bool made = mkdir(path, 0755) == 0;
  as_ourselves();
  return made;
}

static bool remove_directory(const char *path) {
  as_runner();
  bool gone = rmdir(path) == 0 || errno == ENOENT;
  as_ourselves();
  return gone;
}

/* A file for a command. Only root may move another user's process, so what lets one in is opened as root. */
static int open_for(const struct sandbox *sandbox, const char *file, int flags) {
  bool as_root = flags != O_RDONLY && is_procs_file(file, sandbox->directories, sandbox->directory_count);
  if (!as_root) as_runner();
  int fd = open(file, flags | O_CLOEXEC);
  as_ourselves();
  if (fd < 0 || !as_root || is_runners_cgroup_file(fd)) return fd;
  close(fd);
  errno = EPERM;
  return -1;
}

/* What a request asks for, as far as it is still to be done when all of it was read. */
struct command {
  char *arguments[MAX_ARGUMENTS + 1], *builder[MAX_ARGUMENTS + 1];
  char *steps[MAX_STEPS + 1];
  int argument_count, builder_count, step_count;
  struct id_range ids;
  int files[MAX_FILES], file_count;
  struct sandbox_ids sandbox_ids;
  unsigned long generation;
};

static bool obey_word(struct sandbox *sandbox, struct command *command, char *word, const char **setting) {
  char *text = word + 1;
  errno = EINVAL;
  switch (*word) {
    case 'n': sandbox->number = (uint32_t)strtoul(text, NULL, 10); return true;
    case 'u': command->sandbox_ids.program = (uid_t)strtoul(text, NULL, 10); return true;
    case 'o': command->sandbox_ids.supervisor = (uid_t)strtoul(text, NULL, 10); return true;
    case 'd':
      if (sandbox->directory_count == MAX_DIRECTORIES || !make_directory(text)) return refuse(sandbox, "mkdir", text);
      sandbox->directories[sandbox->directory_count] = strdup(text);
      if (sandbox->directories[sandbox->directory_count++] == NULL) die("strdup");
      return true;
    case 's': *setting = text; return true;
    case 'v': return (*setting != NULL && write_setting(*setting, text)) || refuse(sandbox, "write", *setting ? *setting : "");
    case 'w':
    case 'r': {
      int fd = command->file_count == MAX_FILES ? -1 : open_for(sandbox, text, *word == 'w' ? O_WRONLY : O_RDONLY);
      if (fd < 0) return refuse(sandbox, "open", text);
      command->files[command->file_count++] = fd;
      return true;
    }
    case 'g': command->generation = strtoul(text, NULL, 10); return true;
    case 'm': return sscanf(text, "%u %u", &command->ids.first, &command->ids.count) == 2 || refuse(sandbox, "ids", text);
    case 'c':
    case 'h':
    case 'f':
      if (command->step_count == MAX_STEPS) return refuse(sandbox, "too many steps:", text);
      command->steps[command->step_count++] = word;
      return true;
    case 'b':
      if (command->builder_count == MAX_ARGUMENTS) return refuse(sandbox, "too many arguments:", text);
      command->builder[command->builder_count++] = text;
      return true;
    case 'a':
      if (command->argument_count == MAX_ARGUMENTS) return refuse(sandbox, "too many arguments:", text);
      command->arguments[command->argument_count++] = text;
      return true;
    default: return refuse(sandbox, "unknown word", word);
  }
}

static struct known {
  char *key; /* what bubblewrap was asked for */
  size_t size;
  struct view view;
} views[MAX_VIEWS];

/* What this machine lets us give each sandbox. */
static bool own_inodes, own_devices;

static bool keep_steps(struct rootfs *rootfs, const struct command *command) {
  *rootfs = (struct rootfs){.own_inodes = own_inodes, .own_devices = own_devices && command->ids.count > 0};
  for (int i = 0; i < command->step_count; i++) {
    if ((rootfs->steps[i] = strdup(command->steps[i])) == NULL) return false;
  }
  return true;
}

/* The view that these arguments of bubblewrap's ask for; the first time, it is made. @returns NULL: it can not be made */
static const struct view *find_view(struct sandbox *sandbox, const struct command *command) {
  /* They stand one behind the other in the request. */
  const char *key = command->builder[0], *last = command->builder[command->builder_count - 1];
  size_t size = (size_t)(last - key) + strlen(last) + 1;
  struct known *known = views;
  for (; known < views + MAX_VIEWS && known->key != NULL; known++) {
    if (known->size == size && memcmp(known->key, key, size) == 0) return &known->view;
  }
  errno = ENOSPC;
  char said[COMPLAINT_BYTES];
  if (known == views + MAX_VIEWS) {
    refuse(sandbox, "another", "view");
  } else if (!keep_steps(&known->view.rootfs, command)) {
    refuse(sandbox, "keep", "the steps");
  } else if (make_view(&known->view, command->builder, command->ids, VIEW_PATIENCE_MS, said, sizeof said)) {
    known->size = size;
    known->key = memcpy(malloc(size), key, size);
    return &known->view;
  } else {
    complain(sandbox, said, (uint32_t)strlen(said));
  }
  return NULL;
}

__attribute__((noreturn)) static void become(const struct command *command, const int *given, int count) {
  place_descriptors(given, count);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  uid_t uid = command->sandbox_ids.program;
  if (uid != 0) {
    if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0) {
      dprintf(2, "setuid: %s", strerror(errno));
      _exit(127);
    }
  }
  if (chdir("/") == 0) execvpe(command->arguments[0], command->arguments, (char *[]){NULL});
  dprintf(2, "%s: %s", command->arguments[0], strerror(errno));
  _exit(127);
}

static pid_t fork_command(const struct command *command, const int *given, int count) {
  pid_t pid = fork();
  if (pid == 0) become(command, given, count);
  return pid < 0 ? 0 : pid;
}

static void leave_root(struct sandbox *sandbox, bool reusable) {
  if (sandbox->root != NULL) give_back_root(sandbox->root, reusable);
  sandbox->root = NULL;
}

static bool start(struct sandbox *sandbox) {
  struct command command = {.argument_count = 0};
  const char *setting = NULL;
  int complaint[2] = {-1, -1};
  bool obeyed = true;
  char *end = sandbox->request + sandbox->size;
  for (char *word = sandbox->request; obeyed && word < end; word += strlen(word) + 1) {
    obeyed = obey_word(sandbox, &command, word, &setting);
  }
  if (obeyed && command.argument_count == 0) obeyed = refuse(sandbox, "no", "command");
  if (obeyed && !allows_ids(command.ids, command.sandbox_ids, command.builder_count > 0)) {
    errno = EPERM;
    obeyed = refuse(sandbox, "these", "ids");
  }
  const struct view *view = NULL;
  if (obeyed && command.builder_count > 0) obeyed = (view = find_view(sandbox, &command)) != NULL;
  if (obeyed && view != NULL && view->rootfs.own_inodes) {
    char said[COMPLAINT_BYTES];
    sandbox->root = take_root(view, command.generation, said, sizeof said);
    obeyed = sandbox->root != NULL;
    if (!obeyed) complain(sandbox, said, (uint32_t)strlen(said));
  }
  if (obeyed && pipe2(complaint, O_CLOEXEC | O_NONBLOCK) != 0) obeyed = refuse(sandbox, "make", "a pipe");
  if (obeyed) {
    int given[FIRST_FILE + MAX_FILES] = {sandbox->connection, sandbox->connection, complaint[1]};
    int count = FIRST_FILE + command.file_count;
    memcpy(given + FIRST_FILE, command.files, sizeof(int) * (size_t)command.file_count);
    sandbox->has_supervisor = view != NULL;
    sandbox->pid = view == NULL ? fork_command(&command, given, count)
                                : start_in_view(view, sandbox->root == NULL ? view->mounts : mounts_of(sandbox->root),
                                                command.sandbox_ids, given, count, command.arguments);
    close(complaint[1]);
    sandbox->complaint = complaint[0];
    if (sandbox->pid == 0) {
      char text[COMPLAINT_BYTES];
      ssize_t size = read(complaint[0], text, sizeof text);
      if (size > 0) complain(sandbox, text, (uint32_t)size);
      else refuse(sandbox, "start of", command.arguments[0]);
      obeyed = false;
    }
  }
  /* The helper may have left a process 1 whose pid it did not tell. */
  if (!obeyed) leave_root(sandbox, false);
  for (int i = 0; i < command.file_count; i++) close(command.files[i]);
  free(sandbox->request);
  sandbox->request = NULL;
  return obeyed;
}

static void hang_up(struct sandbox *sandbox) {
  if (sandbox->complaint >= 0) close(sandbox->complaint);
  if (sandbox->connection >= 0) close(sandbox->connection);
  sandbox->complaint = sandbox->connection = -1;
}

/* @returns whether the runner has hung up */
static bool drain(struct sandbox *sandbox) {
  char unwanted[4096];
  ssize_t n;
  do n = recv(sandbox->connection, unwanted, sizeof unwanted, MSG_DONTWAIT);
  while (n > 0);
  return n == 0 || (errno != EAGAIN && errno != EINTR);
}

/* @returns whether the sandbox is to be forgotten: it never was one */
static bool read_request(struct sandbox *sandbox) {
  if (sandbox->refused) return drain(sandbox);
  for (;;) {
    bool sized = sandbox->request != NULL;
    char *to = sized ? sandbox->request + sandbox->got : (char *)&sandbox->size + sandbox->got;
    size_t left = (sized ? sandbox->size : sizeof sandbox->size) - sandbox->got;
    ssize_t n = recv(sandbox->connection, to, left, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) return true;
    sandbox->got += (uint32_t)n;
    if ((size_t)n < left) continue;
    if (!sized) {
      if (sandbox->size == 0 || sandbox->size > MAX_REQUEST) return true;
      sandbox->request = calloc(1, sandbox->size + 1);
      if (sandbox->request == NULL) return true;
      sandbox->got = 0;
      continue;
    }
    if (start(sandbox)) return false;
    sandbox->refused = true;
    shutdown(sandbox->connection, SHUT_WR);
    return drain(sandbox);
  }
}

static void accept_all(int listener) {
  for (;;) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return;
    struct ucred peer;
    socklen_t size = sizeof peer;
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (sandbox == NULL || getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid != runner_pid()) {
      free(sandbox);
      close(connection);
      continue;
    }
    *sandbox = (struct sandbox){.next = sandboxes, .connection = connection, .complaint = -1};
    sandboxes = sandbox;
  }
}

static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (runner_ended(pid, status)) continue;
    for (struct sandbox *sandbox = sandboxes; sandbox != NULL; sandbox = sandbox->next) {
      if (sandbox->pid != pid) continue;
      char text[COMPLAINT_BYTES];
      ssize_t size = read(sandbox->complaint, text, sizeof text);
      if (size > 0) complain(sandbox, text, (uint32_t)size);
      if (sandbox->has_supervisor && !sandbox->done) send_frame(sandbox, FRAME_ENDED, &status, sizeof status);
      sandbox->pid = 0;
      /* Process 1 is the last of its processes to go. */
      leave_root(sandbox, true);
      /* bwrap killed before its child was tied to it leaves an orphan: a supervisor that waits for its runner. */
      if (sandbox->done) shutdown(sandbox->connection, SHUT_RD);
      hang_up(sandbox);
    }
  }
}

static void finish(struct sandbox *sandbox) {
  sandbox->done = true;
  if (sandbox->pid > 0) kill(sandbox->pid, SIGKILL);
}

/* @returns whether nothing is left of it */
static bool removed(struct sandbox *sandbox) {
  while (sandbox->directory_count > 0) {
    char *directory = sandbox->directories[sandbox->directory_count - 1];
    if (!remove_directory(directory)) {
      if (++sandbox->tries < REMOVE_TRIES) return false;
      fprintf(stderr, "launcher: left in place: %s: %s\n", directory, strerror(errno));
    }
    free(directory);
    sandbox->directory_count--;
  }
  return true;
}

static bool is_reading(const struct sandbox *sandbox) {
  return sandbox->connection >= 0 && sandbox->pid == 0;
}

/* Forgets what is over. @returns whether directories are left that can not be removed yet */
static bool tidy(void) {
  bool left = false;
  for (struct sandbox **at = &sandboxes; *at != NULL;) {
    struct sandbox *sandbox = *at;
    bool over = sandbox->done && sandbox->pid == 0 && !is_reading(sandbox);
    if (over && removed(sandbox)) {
      *at = sandbox->next;
      free(sandbox);
      continue;
    }
    left = left || over;
    at = &sandbox->next;
  }
  return left;
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) errno = ENAMETOOLONG, die(path);
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  umask(077);
  as_runner();
  unlink(path); /* of one that was killed before us */
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, SOMAXCONN) != 0)
    die(path);
  as_ourselves();
  umask(022);
  return listener;
}

static int watch_children(void) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  if (runner_is_ours()) sigaddset(&child, SIGTERM), sigaddset(&child, SIGINT);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) die("signalfd");
  return signals;
}

/* Numbers that came in halves wait for the rest. @returns false at the end of the runner */
static bool read_numbers(uint32_t *numbers, size_t *count, size_t room) {
  static unsigned char bytes[1024];
  static size_t held;
  ssize_t n = read(0, bytes + held, sizeof bytes - held);
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return false;
  if (n > 0) held += (size_t)n;
  *count = held / sizeof *numbers < room ? held / sizeof *numbers : room;
  memcpy(numbers, bytes, *count * sizeof *numbers);
  held -= *count * sizeof *numbers;
  memmove(bytes, bytes + *count * sizeof *numbers, held);
  return true;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc < 7) return 2;
  bool starts_runner = argc > 3;
  signal(SIGPIPE, SIG_IGN);
  /* What bubblewrap leaves is ours to wait for: above us there may be nobody who does. */
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) die("subreaper");
  if (starts_runner) name_runner(argv + 3);
  int signals = watch_children();
  int listener = listen_at(argv[1]);
  /* Before there is a runner: what it could put in their place would be mounted on. */
  own_inodes = overlays_work();
  const char *devices = own_inodes ? find_place_for_devices(argv[2]) : NULL;
  own_devices = devices != NULL;
  if (starts_runner && !start_runner(argv + 6)) die("the runner");
  fcntl(0, F_SETFL, O_NONBLOCK);
  /* The runner may connect. */
  if (dprintf(starts_runner ? 0 : 1, "+%s %s\n", own_inodes ? "inodes" : "", own_devices ? devices : "") < 0) return 1;
  if (!starts_runner) close(1);

  bool serving = true;
  for (;;) {
    bool left = tidy();
    if (!serving && sandboxes == NULL) break;
    size_t room = 3;
    for (struct sandbox *sandbox = sandboxes; sandbox != NULL; sandbox = sandbox->next) room++;
    struct pollfd *fds = calloc(room, sizeof *fds);
    if (fds == NULL) die("calloc");
    size_t count = 0;
    fds[count++] = (struct pollfd){.fd = signals, .events = POLLIN};
    fds[count++] = (struct pollfd){.fd = serving ? 0 : -1, .events = POLLIN};
    fds[count++] = (struct pollfd){.fd = serving ? listener : -1, .events = POLLIN};
    for (struct sandbox *sandbox = sandboxes; sandbox != NULL; sandbox = sandbox->next) {
      if (is_reading(sandbox)) fds[count++] = (struct pollfd){.fd = sandbox->connection, .events = POLLIN};
    }
    poll(fds, count, left ? REMOVE_RETRY_MS : -1);

    struct signalfd_siginfo seen;
    if (fds[0].revents != 0 && read(signals, &seen, sizeof seen) > 0) {
      if (seen.ssi_signo != SIGCHLD) kill(runner_pid(), (int)seen.ssi_signo);
      reap();
    }
    uint32_t numbers[256];
    size_t wanted = 0;
    if (fds[1].revents != 0) serving = read_numbers(numbers, &wanted, sizeof numbers / sizeof *numbers);
    free(fds);
    /* Whoever is done with a sandbox asked for it before: the request is read first. */
    if (serving) accept_all(listener);
    for (struct sandbox *sandbox = sandboxes; sandbox != NULL; sandbox = sandbox->next) {
      if (is_reading(sandbox) && read_request(sandbox)) {
        hang_up(sandbox);
        sandbox->done = true;
      }
    }
    for (struct sandbox *sandbox = sandboxes; sandbox != NULL; sandbox = sandbox->next) {
      for (size_t i = 0; i < wanted; i++) {
        if (numbers[i] == sandbox->number) finish(sandbox);
      }
      if (!serving) {
        if (is_reading(sandbox)) hang_up(sandbox);
        finish(sandbox);
      }
    }
  }
  as_runner();
  unlink(argv[1]);
  as_ourselves();
  remove_devices();
  return await_runner();
}
