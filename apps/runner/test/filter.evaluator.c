/*
 * Runs the system call filter of seccomp.c in an evaluator of our own: what it decides does not depend on what this kernel knows.
 * It is linked with -Wl,--wrap=prctl, so that what seccomp_load would load comes here. What compiles it makes
 * three files: headers.h, cases.inc with rows `{SYS_x, {arguments}},` and calls.inc with rows `{"name", SYS_x},`.
 *
 * It prints `length N`; for every case the decision, as the errno (0: answers 0 and does nothing), `allow` or `kill`; then for
 * every call `name decision`, where the decision is `arguments` if the filter looks at them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include "../supervisor/seccomp.h"
#include "headers.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static struct sock_fprog loaded;

int __wrap_prctl(int option, unsigned long mode, const struct sock_fprog *program);
int __wrap_prctl(int option, unsigned long mode, const struct sock_fprog *program) {
  if (option != PR_SET_SECCOMP || mode != SECCOMP_MODE_FILTER) abort();
  loaded = *program;
  return 0;
}

/* What classic BPF of a seccomp filter may contain, as far as ours does. */
static uint32_t evaluate(const struct seccomp_data *data, bool *looks_at_arguments) {
  uint32_t value = 0;
  for (size_t at = 0; at < loaded.len; at++) {
    const struct sock_filter *now = &loaded.filter[at];
    bool holds = false;
    switch (now->code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (now->k >= offsetof(struct seccomp_data, args)) *looks_at_arguments = true;
        memcpy(&value, (const char *)data + now->k, sizeof value);
        continue;
      case BPF_ALU | BPF_AND | BPF_K: value &= now->k; continue;
      case BPF_JMP | BPF_JA: at += now->k; continue;
      case BPF_RET | BPF_K: return now->k;
      case BPF_JMP | BPF_JEQ | BPF_K: holds = value == now->k; break;
      case BPF_JMP | BPF_JGE | BPF_K: holds = value >= now->k; break;
      case BPF_JMP | BPF_JGT | BPF_K: holds = value > now->k; break;
      case BPF_JMP | BPF_JSET | BPF_K: holds = (value & now->k) != 0; break;
      default: fprintf(stderr, "instruction %#x is not known here\n", now->code); exit(1);
    }
    at += holds ? now->jt : now->jf;
  }
  fprintf(stderr, "ran off the end\n");
  exit(1);
}

static void print_decision(uint32_t decision) {
  switch (decision & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW: puts("allow"); break;
    case SECCOMP_RET_KILL_PROCESS: puts("kill"); break;
    case SECCOMP_RET_ERRNO: printf("%u\n", decision & SECCOMP_RET_DATA); break;
    default: exit(1);
  }
}

int main(void) {
  if (seccomp_load(false) != 0 || loaded.len == 0) return 1;
  printf("length %d\n", loaded.len);
  static const struct {
    long number;
    unsigned long long arguments[6];
  } cases[] = {
#include "cases.inc"
  };
  bool looks_at_arguments = false;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct seccomp_data data = {.nr = (int)cases[i].number, .arch = ARCHITECTURE};
    for (size_t n = 0; n < 6; n++) data.args[n] = cases[i].arguments[n];
    print_decision(evaluate(&data, &looks_at_arguments));
  }
  static const struct {
    const char *name;
    int number;
  } calls[] = {
#include "calls.inc"
  };
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    struct seccomp_data data = {.nr = calls[i].number, .arch = ARCHITECTURE};
    looks_at_arguments = false;
    uint32_t decision = evaluate(&data, &looks_at_arguments);
    printf("%s ", calls[i].name);
    if (looks_at_arguments) puts("arguments");
    else print_decision(decision);
  }
  struct seccomp_data foreign = {.nr = 1, .arch = ARCHITECTURE ^ 1};
  printf("foreign ");
  print_decision(evaluate(&foreign, &looks_at_arguments));
}
