identification division.
program-id. greet.

data division.
linkage section.
01 text-made pic x(64).

procedure division using text-made.
    move "Hello, Ada!" to text-made
    goback.
