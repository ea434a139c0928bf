# Sockets of daemons, by their usual places and by looking for them.
import os, socket, stat
places = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
          "/run/systemd/private", "/run/podman/podman.sock", "/var/run/postgresql/.s.PGSQL.5432"]
for top in ("/run", "/var/run", "/tmp", "/var/tmp", "/dev"):
    for directory, _, names in os.walk(top):
        places += [os.path.join(directory, name) for name in names]
for place in sorted(set(places)):
    try:
        if not stat.S_ISSOCK(os.stat(place).st_mode):
            continue
        socket.socket(socket.AF_UNIX).connect(place)
        print("ESCAPED", place)
    except OSError as error:
        print("BLOCKED", place, error.strerror)
print("DONE")
