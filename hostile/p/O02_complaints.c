/* Only stderr, unbuffered. Cap: 2 GB. */
#include <string.h>
#include <unistd.h>
int main(void) {
    char block[32768];
    memset(block, '!', sizeof block);
    for (int i = 0; i < 65536; i++)
        if (write(2, block, sizeof block) < 0) return 1;
    return 0;
}
