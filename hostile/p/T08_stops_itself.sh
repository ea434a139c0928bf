# A program that is stopped uses no time, and is not over either.
echo before
kill -STOP 0
echo LATE
