#include <stdio.h>
int main(void) {
    puts(getchar() == EOF ? "end of input" : "ESCAPED a byte came from somewhere");
    return 0;
}
