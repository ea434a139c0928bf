use strict;
use warnings;

sub slurp { local (@ARGV, $/) = @_; return <> }
print join("|", $0, __FILE__, __LINE__, $$, getppid(), getpgrp(), @ARGV, $^X, $^V, $^W, umask()), "\n";
print join("|", @INC), "\n", join("|", sort keys %INC), "\n", join("|", map { "$_=$ENV{$_}" } sort keys %ENV), "\n";
print join("|", map { $SIG{$_} // "-" } sort keys %SIG), "\n", join("|", sort keys %main::), "\n";
print slurp("/proc/self/environ"), slurp("/proc/self/cmdline"), slurp("/proc/self/limits"), "\n";
print grep { /^(Sig|Shd|Cap|NoNew|Seccomp|Uid|Gid|Threads|Umask)/ } split /^/, slurp("/proc/self/status");
print map { /^\S+ \S+ \S+ \S+ (\S+)/ ? "$1\n" : () } split /^/, slurp("/proc/self/mountinfo");
for my $directory ("/box", "/tmp", "/dev/shm", "/", "/proc/self/fd") {
  opendir my $handle, $directory or die;
  print join("|", sort readdir $handle), "\n";
}
print join("|", (stat $0)[2, 3, 4, 7]), "\n", <DATA>, <STDIN>;
warn "warned";
die "the end";
__DATA__
data behind the end
