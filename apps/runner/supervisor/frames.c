#define _GNU_SOURCE
#include "frames.h"

#include "protocol.h"
#include "state.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void write_all(int fd, const void *data, size_t size) {
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

void put_header(unsigned char *at, uint8_t type, uint32_t size) {
  at[0] = type;
  memcpy(at + 1, &size, sizeof size);
}

void send_frame(uint8_t type, const void *data, uint32_t size) {
  unsigned char header[FRAME_HEADER];
  put_header(header, type, size);
  write_all(1, header, sizeof header);
  write_all(1, data, size);
}

void fault(const char *format, ...) {
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
  send_frame(program.let_go ? FRAME_FAULT : FRAME_REFUSED, text, (uint32_t)n);
  _exit(1);
}

void read_exactly(void *data, size_t size) {
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

void *read_block(size_t size) {
  char *block = malloc(size + 1);
  if (block == NULL) fault("malloc of %zu bytes", size);
  read_exactly(block, size);
  block[size] = 0;
  return block;
}

void await_hang_up(void) {
  char unwanted[4096];
  struct pollfd runner = {.fd = 0, .events = POLLIN};
  while (poll(&runner, 1, -1) < 0 || read(0, unwanted, sizeof unwanted) > 0) {}
}
