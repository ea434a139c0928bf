# TCP, UDP, IPv6 and names.
import socket
def attempt(what, action):
    try:
        print("ESCAPED", what, action())
    except OSError as error:
        print("BLOCKED", what, error)
def tcp(address, family=socket.AF_INET):
    with socket.socket(family) as connection:
        connection.settimeout(0.5)
        connection.connect(address)
        return "connected"
def udp(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.settimeout(0.5)
        datagram.sendto(b"\0" * 12, address)
        return datagram.recv(64)
attempt("tcp", lambda: tcp(("9.9.9.9", 443)))
attempt("tcp6", lambda: tcp(("2620:fe::fe", 443), socket.AF_INET6))
attempt("udp", lambda: udp(("9.9.9.9", 53)))
attempt("metadata", lambda: tcp(("169.254.169.254", 80)))
attempt("name", lambda: socket.gethostbyname("example.org"))
print("DONE")
