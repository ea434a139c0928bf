identification division.
program-id. example.

procedure division.
    display "before"
    call "boom"
    stop run.
