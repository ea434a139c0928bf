#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    char line[256];
    for (int number = 1; fgets(line, sizeof line, stdin); number++) {
        line[strcspn(line, "\n")] = 0;
        for (char *c = line; *c; c++) *c = (char)toupper((unsigned char)*c);
        printf("%d: %s\n", number, line);
    }
    return 0;
}
