p __FILE__, __dir__, $0, $PROGRAM_NAME, ARGV, Dir.pwd, $$, Process.ppid, Process.getpgrp, Process.getsid
p $LOADED_FEATURES, $LOAD_PATH, ENV.to_h, RUBY_DESCRIPTION, $VERBOSE, $DEBUG, Encoding.default_external
p File.binread("/proc/self/environ"), File.binread("/proc/self/cmdline"), File.read("/proc/self/limits")
p File.readlines("/proc/self/status").grep(/^(Sig|Shd|Cap|NoNew|Seccomp|Uid|Gid|Umask)/)
p [0, 1, 2].map { |fd| File.readlink("/proc/self/fd/#{fd}").split(":").first }, Dir.children("/proc/self/fd").size
p %w[/box /tmp /dev/shm /].map { |directory| Dir.children(directory).sort }
p Dir.children("/proc").grep(/^\d+$/).sort, File.readlines("/proc/self/mountinfo").map { |line| line.split[4] }
status = File.stat(__FILE__)
p status.mode, status.nlink, status.size, status.uid, Thread.list.size, Signal.list.size
p Object.constants.sort, Kernel.global_variables.sort, defined?(DidYouMean::Formatter)
p $stdin.read, $stdin.tty?, File.umask
[].no_such_method
