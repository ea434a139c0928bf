# Control: what programs measure and count with is there.
import os, re, subprocess

status = {line.split(":")[0] for line in open("/proc/meminfo")}
assert {"MemTotal", "MemAvailable"} <= status
assert re.search(r"^processor\s*:", open("/proc/cpuinfo").read(), re.M) or os.uname().machine != "x86_64"
assert float(open("/proc/uptime").read().split()[0]) > 0
assert len(open("/proc/loadavg").read().split()) == 5
assert os.cpu_count() > 0 and os.getloadavg()[0] >= 0
stat = open("/proc/stat").read()
assert re.search(r"^cpu0 ", stat, re.M) and re.search(r"^btime \d+$", stat, re.M)
assert subprocess.run(["df"], capture_output=True).returncode == 0
assert open("/proc/self/cgroup").read() and open("/proc/self/mountinfo").read()
print("DONE")
