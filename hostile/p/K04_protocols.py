# Protocols and families that the kernel would load a module for; also by pairs, which are made before they are judged.
import socket
STREAM, DGRAM, RAW, RDM, PACKETS, DCCP = 1, 2, 3, 4, 5, 6
kinds = [(family, kind, protocol) for family in (2, 10) for kind, protocol in (
    (STREAM, 262), (STREAM, 132), (STREAM, 256), (STREAM, 17), (DGRAM, 136), (DGRAM, 1), (DGRAM, 58), (DGRAM, 115), (DGRAM, 6),
    (PACKETS, 132), (PACKETS, 0), (DCCP, 33), (DCCP, 0), (RDM, 0), (RAW, 1), (RAW, 255))]
kinds += [(family, kind, 0) for family in range(3, 47) if family not in (10,) for kind in (STREAM, DGRAM, RAW, PACKETS)]
for make in (socket.socket, socket.socketpair):
    opened = []
    for family, kind, protocol in kinds:
        try:
            made = make(family, kind, protocol)
            opened.append((family, kind, protocol))
            for one in made if isinstance(made, tuple) else (made,): one.close()
        except OSError:
            pass
    print("ESCAPED" if opened else "BLOCKED", make.__name__, opened or len(kinds))
# What programs use stays.
for family, kind, protocol in ((1, 1, 0), (1, 2, 0), (1, 5, 0), (2, 1, 0), (2, 1, 6), (2, 2, 17), (10, 1, 6), (10, 2, 0)):
    socket.socket(family, kind, protocol).close()
for one in socket.socketpair(): one.close()
print("DONE")
