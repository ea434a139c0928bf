/*
 * Frames between the runner and the supervisor, on the supervisor's stdin and stdout.
 * A frame is a type byte, a 32-bit little-endian length, and that many bytes. Integers are little-endian.
 * Twin of supervisor.protocol.ts; a test holds the two together.
 */
#ifndef RUNBIN_PROTOCOL_H
#define RUNBIN_PROTOCOL_H

#include <stdint.h>

enum frame_in {
  FRAME_SETUP = 'L',  /* struct setup: first of all; again, when the limits of the run differ from it */
  FRAME_EXEC = 'X',   /* u16 argc, u16 envc, then argc + envc NUL-terminated strings; once, after SETUP */
  FRAME_PARK = 'K',   /* file below the box, NUL, primer or nothing: start now, and wait for that file */
  FRAME_WAKE = 'W',   /* the parked program's files follow; no PARKED comes any more */
  FRAME_DIR = 'D',    /* name of a directory to make below the box */
  FRAME_FILE = 'F',   /* u16 mode, u16 name length, name, content: a file below the box */
  FRAME_COLLECT = 'C',/* name of the directory below the box whose files are sent back after the end */
  FRAME_TERMINAL = 'T', /* struct terminal: before PARK and GO, have a terminal made; after GO, its new size */
  FRAME_GO = 'G',     /* start the program, or let the parked one go on; from now on only TERMINAL and the four below */
  FRAME_STDIN = 'I',  /* bytes for the program's stdin; never more than STDIN_WINDOW that TAKEN has not counted */
  FRAME_EOF = 'E',    /* close the program's stdin once it has what came before; a terminal's stays open */
  FRAME_PING = 'P',   /* at any time after SETUP: PONG comes back */
  FRAME_SIGNAL = 'S', /* u8: to the program's process group, or to the foreground one of its terminal */
};

enum frame_out {
  FRAME_READY = 'R',   /* the sandbox is set up; files may come */
  FRAME_PARKED = 'k',  /* the program has started and waits */
  FRAME_STDOUT = 'O',  /* u64: microseconds from GO to when it was read from the program; what was read */
  FRAME_STDERR = 'e',  /* the same */
  FRAME_TAKEN = 't',   /* u32: so many more bytes of stdin have gone to the program, or to nobody */
  FRAME_PONG = 'p',    /* still here */
  FRAME_ARTIFACT = 'A',/* as FRAME_FILE */
  FRAME_EXIT = 'X',    /* struct outcome: last of all; the sandbox stays until it is ended */
  FRAME_REFUSED = 'N', /* text: the sandbox could not be set up, or its parked program ended; it was not let go. Last of all */
  FRAME_FAULT = 'P',   /* text: it can not go on, and the program was let go; last of all */
  FRAME_ENDED = 'Z',   /* u32: wait status of the supervisor that nobody was done with. The launcher's, after its end */
};

/* Bytes of stdin that are kept here until the program reads them, so that what comes behind them is heard at once. */
enum stdin_window { STDIN_WINDOW = 262144 };

struct terminal {
  uint16_t columns, rows;
} __attribute__((packed));

/* What the run may use. 0 means no limit only where said. */
struct setup {
  uint64_t cpu_ms;
  uint64_t wall_ms;
  uint64_t output_bytes;   /* of each stream */
  uint64_t memory_bytes;   /* enforced here only with SAMPLE_MEMORY; the cgroup's otherwise */
  uint64_t processes;      /* enforced here only with LIMIT_PROCESSES */
  uint64_t files_bytes;    /* size of the writable file systems together */
  uint64_t files_inodes;
  uint64_t flags;          /* MOUNT_FILES and SHARE_IDS count the first time only */
} __attribute__((packed));

enum setup_flags {
  MERGE_STDERR = 1,      /* stderr goes where stdout goes */
  DISCARD_OVERFLOW = 2,  /* output over the cap is dropped; without this it ends the program */
  SAMPLE_MEMORY = 4,     /* no memory cgroup: watch the process tree's resident memory */
  LIMIT_PROCESSES = 8,   /* no pids cgroup: RLIMIT_NPROC */
  MOUNT_FILES = 16,      /* mount the writable file systems; needs CAP_SYS_ADMIN over the mount namespace */
  SHARE_IDS = 32,        /* no second id can be had: the supervisor has the program's */
};

struct outcome {
  int32_t exit_code;      /* -1: ended by a signal */
  int32_t signal;         /* 0: exited */
  uint64_t wall_us; /* both since GO: a parked program's start is not its own doing */
  uint64_t cpu_us;
  uint64_t memory_peak_bytes; /* the cgroup's where `peak=` names it, else the largest resident set of one process */
  uint32_t facts;
  int32_t exec_errno;     /* why the program could not be started; 0: it was */
  uint64_t reported_us;   /* since GO: when this was said */
} __attribute__((packed));

enum outcome_facts {
  WALL_EXCEEDED = 1,
  CPU_EXCEEDED = 2,
  STDOUT_TRUNCATED = 4,
  STDERR_TRUNCATED = 8,
  MEMORY_EXCEEDED = 16,     /* by the OOM killer's count, or seen by sampling */
  FILES_DID_NOT_FIT = 32,   /* the submission's own files are larger than files_bytes */
  ARTIFACTS_TOO_LARGE = 64, /* more to collect than files_bytes; the rest was not sent */
};

#endif
