identification division.
program-id. example.

procedure division.
    display "Hello, world!"
    stop run.
