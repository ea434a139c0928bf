#include "greet.h"
#include "lib/shout.h"

#include <stdio.h>

int main(void) {
    char text[64];
    greet("Ada", text, sizeof text);
    puts(text);
    shout(text);
    puts(text);
    return 0;
}
