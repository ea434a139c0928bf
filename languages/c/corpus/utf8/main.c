#include <stdio.h>

int main(void) {
    char line[256];
    puts("Grüße, мир, 你好, 🌍");
    if (fgets(line, sizeof line, stdin)) fputs(line, stdout);
    return 0;
}
