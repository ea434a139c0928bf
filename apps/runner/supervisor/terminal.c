#define _GNU_SOURCE
#include "terminal.h"

#include "frames.h"
#include "ids.h"
#include "program.h"
#include "state.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define TERMINALS "/dev/pts"
#define MAKER TERMINALS "/ptmx"

/* The program's end, held open: a program that closes its own for a moment has not ended its output. */
static int held = -1;
static int reserved = -1;

static int open_end(int number, int flags) {
  char path[64];
  snprintf(path, sizeof path, TERMINALS "/%d", number);
  return open(path, O_RDWR | O_CLOEXEC | flags);
}

static int make_terminal(void) { return open(MAKER, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC); }

void reserve_terminal(void) {
  setfsuid(PROGRAM_ID); /* it belongs to the one who makes it */
  reserved = make_terminal();
  setfsuid(0);
  if (chmod(MAKER, 0600) != 0 && errno != ENOENT) fault("closing %s", MAKER);
}

void receive_terminal(uint32_t size) {
  struct terminal wanted;
  if (size != sizeof wanted || program.terminal >= 0 || is_parked()) fault("terminal frame out of place");
  read_exactly(&wanted, sizeof wanted);
  if (setup.flags & MOUNT_FILES) mount_terminals(TERMINALS);
  int ours = reserved >= 0 ? reserved : make_terminal(), locked = 0;
  if (ours < 0 || ioctl(ours, TIOCSPTLCK, &locked) != 0 || ioctl(ours, TIOCGPTN, &program.terminal) != 0) {
    fault("making a terminal");
  }
  held = open_end(program.terminal, O_NOCTTY);
  struct termios modes;
  if (held < 0 || tcgetattr(held, &modes) != 0) fault("opening the terminal");
  modes.c_iflag |= IUTF8; /* else erasing a character of several bytes takes one of them */
  if (tcsetattr(held, TCSANOW, &modes) != 0) fault("setting the terminal up");
  close(program.in);
  close(program.out);
  close(program.err);
  program.in = fcntl(ours, F_DUPFD_CLOEXEC, 0);
  program.out = ours;
  program.err = -1;
  resize_terminal(wanted.columns, wanted.rows);
}

int open_terminal(int number) { return open_end(number, 0); }

void resize_terminal(uint16_t columns, uint16_t rows) {
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  if (held >= 0) ioctl(held, TIOCSWINSZ, &size);
}

int foreground_group(void) {
  int group = program.out >= 0 && program.terminal >= 0 ? tcgetpgrp(program.out) : -1;
  return group > 0 ? group : program.pid;
}

void leave_terminal(void) {
  if (held >= 0) close(held);
  held = -1;
}
