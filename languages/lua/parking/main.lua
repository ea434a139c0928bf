local function file(name)
  local handle = io.open(name, "rb")
  local content = handle:read("a")
  handle:close()
  return content
end
local function names(t)
  local all = {}
  for name in pairs(t) do all[#all + 1] = tostring(name) end
  table.sort(all)
  return table.concat(all, " ")
end
print(arg[0], #arg, arg[-1], ..., _VERSION, package.path, package.cpath)
print(names(_G), names(package.loaded), names(package.preload))
print(file("/proc/self/environ"), file("/proc/self/cmdline"), file("/proc/self/limits"))
for line in file("/proc/self/status"):gmatch("[^\n]+") do
  if line:match("^Sig") or line:match("^Cap") or line:match("^Seccomp") or line:match("^Threads") then print(line) end
end
print(io.popen("ls -A /box /tmp /dev/shm /; stat -c '%f %h %s %u' main.lua; ls /proc/$PPID/fd; cut -d' ' -f5 /proc/self/mountinfo"):read("a"))
print(io.read("a"))
error("the end")
