#define _GNU_SOURCE
#include "box.h"

#include "frames.h"
#include "state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens the directory that holds `name`, making it, and leaves the last segment in *last. Follows no link. */
int open_parent(char *name, char **last) {
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

void receive_directory(uint32_t size) {
  char *name = read_block(size), *last;
  int parent = open_parent(name, &last);
  if (parent < 0 || (mkdirat(parent, last, 0755) != 0 && errno != EEXIST)) note_file_error("making a directory");
  if (parent >= 0) close(parent);
  free(name);
}

void receive_file(uint32_t size) {
  uint16_t head[2]; /* mode, name length */
  if (size < sizeof head) fault("short file frame");
  read_exactly(head, sizeof head);
  if (size - sizeof head < head[1]) fault("short file frame");
  char *name = read_block(head[1]), *last;
  size_t left = size - sizeof head - head[1];
  int parent = open_parent(name, &last);
  int fd = parent < 0 ? -1 : openat(parent, last, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, head[0] & 0777);
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
static void send_files(int directory, const char *prefix, uint64_t *budget, int depth) {
  DIR *entries = directory < 0 ? NULL : fdopendir(directory);
  if (entries == NULL) return;
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char name[4096];
    if (snprintf(name, sizeof name, "%s/%s", prefix, entry->d_name) >= (int)sizeof name) continue;
    struct stat status;
    if (fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode) && depth > 0) {
      send_files(openat(dirfd(entries), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), name, budget,
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
      unsigned char header[FRAME_HEADER];
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

void send_artifacts(const char *name) {
  uint64_t budget = setup.files_bytes;
  send_files(openat(AT_FDCWD, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), name, &budget, 16);
}
