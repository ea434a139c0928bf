#include __FILE__
#include __FILE__
#if __has_include("/proc/1/environ") && __has_include("/etc/shadow")
#error ESCAPED
#endif
int main(void) { return 0; }
