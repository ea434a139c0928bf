#include <assert.h>

int main(int argc, char **argv) {
    (void)argv;
    assert(argc > 100 && "boom");
    return 0;
}
