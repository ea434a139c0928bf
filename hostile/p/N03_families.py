# Sockets that are ways into the kernel rather than to somebody.
import socket
for family, kind, protocol, name in (
    (socket.AF_INET, socket.SOCK_RAW, 1, "raw"), (17, socket.SOCK_RAW, 0, "packet"), (38, socket.SOCK_SEQPACKET, 0, "alg"),
    (40, socket.SOCK_STREAM, 0, "vsock"), (16, socket.SOCK_RAW, 6, "xfrm"), (29, socket.SOCK_RAW, 1, "can"),
    (31, socket.SOCK_RAW, 1, "bluetooth"), (44, socket.SOCK_RAW, 0, "xdp"), (21, socket.SOCK_SEQPACKET, 0, "rds"),
    (30, socket.SOCK_SEQPACKET, 0, "tipc")):
    try:
        socket.socket(family, kind, protocol).close()
        print("ESCAPED", name)
    except OSError as error:
        print("BLOCKED", name, error.strerror)
print("DONE")
