/* How the sanitizers work in a supervisor, which starts with an empty environment: their options are built in. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void) {
  /* It is not dumpable, so that nobody can look for leaks, and lives for one run. */
  return "exitcode=99:detect_leaks=0:handle_abort=1";
}

const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }
