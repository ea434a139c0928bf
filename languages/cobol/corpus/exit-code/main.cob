identification division.
program-id. example.

procedure division.
    display "before"
    stop run returning 3.
