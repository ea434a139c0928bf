identification division.
program-id. example.

procedure division.
    dizplay "before"
    stop run.
