#include <stdio.h>
int main(void) { puts("compiled by the real one"); return 0; }
