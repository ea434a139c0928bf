echo "$0" "$BASH_SOURCE" "$$" "$PPID" "$#" "$-" "$SHLVL" "$PWD" "$LINENO" "$BASH_SUBSHELL" "$UID" "$(umask)"
set | grep -vE '^(RANDOM|SRANDOM|EPOCH|SECONDS|BASHPID)'
env | sort
trap
ulimit -a
shopt
alias
declare -F
tr '\0' '\n' </proc/self/environ
tr '\0' ' ' </proc/$$/cmdline
grep -E '^(SigIgn|SigCgt|Cap|NoNew|Seccomp|Uid|Gid|Threads)' /proc/$$/status
# Of the child: while it runs, the shell itself holds back SIGCHLD now and then.
grep -E '^(SigBlk|SigIgn|SigPnd)' /proc/self/status
for fd in /proc/$$/fd/*; do target=$(readlink "$fd"); echo "$fd ${target%%:*}"; done
ls -A /box /tmp /dev/shm /
stat -c '%f %h %s %u' "$0"
cut -d' ' -f5 /proc/self/mountinfo
processes=(/proc/[0-9]*); echo "${#processes[@]}"
cat
no_such_command
exit 7
