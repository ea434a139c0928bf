# Options of sockets: modules, switches of the whole machine, counters of the machine, memory that is not counted.
import errno, socket
tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
group = socket.inet_aton("224.1.2.3") + socket.inet_aton("127.0.0.1")
def report(name, call):
    try:
        call()
        print("ESCAPED", name)
    except OSError as error:
        print("BLOCKED" if error.errno in (errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.ENOTTY) else "ESCAPED", name, error.strerror)
for name, s, level, option, value in (
    ("TLS in the kernel", tcp, 6, 31, b"tls"), ("MD5 signatures", tcp, 6, 14, bytes(216)), ("congestion control", tcp, 6, 13, b"cubic"),
    ("fast open", tcp, 6, 23, 16), ("transmit delay", tcp, 6, 37, 1), ("repair", tcp, 6, 19, 1),
    ("timestamps", udp, 1, 29, 1), ("timestamps in ns", udp, 1, 35, 1), ("timestamping", udp, 1, 37, 8), ("zero copy", tcp, 1, 60, 1),
    ("pacing", tcp, 1, 47, 1000000), ("busy poll", udp, 1, 46, 0), ("transmit time", udp, 1, 61, bytes(8)), ("locked filter", udp, 1, 44, 1),
    ("a group", udp, 0, 35, group), ("a group and source", udp, 0, 39, group + bytes(4)), ("IP options", udp, 0, 4, b"\x01"),
    ("a table of netfilter", udp, 0, 64, bytes(96)), ("a group of IPv6", six, 41, 20, bytes(20)), ("a flow label", six, 41, 32, bytes(32)),
    ("an encapsulation", udp, 17, 100, 2), ("segments", udp, 17, 104, 1)):
    report(name, lambda: s.setsockopt(level, option, value))
for name, s, level, option in (("cookie of a socket", udp, 1, 57), ("cookie of the network", udp, 1, 71), ("table", udp, 0, 64), ("memory", udp, 1, 55)):
    report(name, lambda: s.getsockopt(level, option, 64))
pair = socket.socketpair()
report("urgent bytes", lambda: pair[0].send(b"x", socket.MSG_OOB))
# What programs use stays.
for level, option, value in ((1, socket.SO_REUSEADDR, 1), (1, socket.SO_KEEPALIVE, 1), (1, socket.SO_RCVBUF, 65536), (6, socket.TCP_NODELAY, 1),
                             (6, socket.TCP_KEEPIDLE, 60), (0, socket.IP_TOS, 16), (0, socket.IP_TTL, 64)):
    tcp.setsockopt(level, option, value)
    tcp.getsockopt(level, option)
udp.setsockopt(1, socket.SO_BROADCAST, 1)
six.setsockopt(41, socket.IPV6_V6ONLY, 1)
pair[0].getsockopt(1, socket.SO_PEERCRED, 12)
print("DONE")
