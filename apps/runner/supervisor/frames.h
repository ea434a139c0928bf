#ifndef RUNBIN_FRAMES_H
#define RUNBIN_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER 5
#define CHUNK (64 * 1024)

void put_header(unsigned char *at, uint8_t type, uint32_t size);
void send_frame(uint8_t type, const void *data, uint32_t size);
/* Writes all of it, waiting where it must. A runner that is gone ends the sandbox. */
void write_all(int fd, const void *data, size_t size);

/* Both end the sandbox when the runner hangs up. */
void read_exactly(void *data, size_t size);
/* With a NUL behind it; free it. */
void *read_block(size_t size);

/* Reads, and drops, what a runner still sends that has not read the report yet. */
void await_hang_up(void);

/* Ours, not the program's: says what could not be done, with errno, and ends the sandbox. */
__attribute__((format(printf, 1, 2), noreturn)) void fault(const char *format, ...);

#endif
