/* Ends with the code that it reads: wrappers use some of them for news of their own. */
#include <stdio.h>
int main(void) {
    int code = 0;
    if (scanf("%d", &code) != 1) code = 137;
    printf("leaving with %d\n", code);
    return code;
}
