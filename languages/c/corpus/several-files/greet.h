#include <stddef.h>

void greet(const char *name, char *text, size_t size);
