/* Files that never end, and ones that wait. */
#include "/dev/zero"
#include "/dev/stdin"
int main(void) { return 0; }
