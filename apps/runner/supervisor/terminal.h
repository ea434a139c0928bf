/* The terminal that a program may be given in place of its three pipes. */
#ifndef RUNBIN_TERMINAL_H
#define RUNBIN_TERMINAL_H

#include <stdint.h>

/*
 * As root of a container, whose file system of terminals takes them from the machine's: makes one, for a program that may be
 * given one, and lets nobody make another.
 */
void reserve_terminal(void);

/*
 * The body of a TERMINAL frame before GO: makes a terminal and lets it take the place of the program's pipes.
 * What the program writes to it is stdout.
 */
void receive_terminal(uint32_t size);

/* In the child: makes the terminal with this number the controlling one of its session. Returns a descriptor or -1. */
int open_terminal(int number);

/* Tells the processes in the foreground with SIGWINCH. Does nothing where there is no terminal. */
void resize_terminal(uint16_t columns, uint16_t rows);

/* The process group in the foreground of the terminal, or the program's own. */
int foreground_group(void);

/* Lets the output end where it does: we no longer count as somebody who could write. */
void leave_terminal(void);

#endif
