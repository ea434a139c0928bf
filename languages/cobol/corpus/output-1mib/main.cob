identification division.
program-id. example.

procedure division.
    perform 65536 times
        display "0123456789abcde"
    end-perform
    stop run.
