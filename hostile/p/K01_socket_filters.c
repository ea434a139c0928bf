/* Filters on sockets: each takes kernel memory of a pool of the machine (net.core.bpf_jit_limit) that no limit of a run counts. */
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define SOCKETS 900
#define INSTRUCTIONS 4096
int main(void) {
    static struct sock_filter code[INSTRUCTIONS];
    for (int i = 0; i < INSTRUCTIONS; i++) code[i] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, 0xffff};
    struct sock_fprog program = {INSTRUCTIONS, code};
    static const int options[] = {SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF};
    for (int o = 0; o < 2; o++) {
        int attached = 0, error = 0;
        for (int i = 0; i < SOCKETS; i++) {
            int s = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
            if (s < 0) break;
            setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
            if (setsockopt(s, SOL_SOCKET, options[o], &program, sizeof program) == 0) attached++;
            else error = errno;
        }
        printf("%s option %d: %d filters, %s\n", attached ? "ESCAPED" : "BLOCKED", options[o], attached, strerror(error));
        for (int s = 3; s < 1024; s++) close(s);
    }
    int program_of_another_kind = -1;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    errno = 0;
    setsockopt(s, SOL_SOCKET, SO_ATTACH_BPF, &program_of_another_kind, sizeof program_of_another_kind);
    printf("%s SO_ATTACH_BPF: %s\n", errno == ENOPROTOOPT ? "BLOCKED" : "ESCAPED", strerror(errno));
    puts("DONE");
    return 0;
}
