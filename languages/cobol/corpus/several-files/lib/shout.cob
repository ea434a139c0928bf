identification division.
program-id. shout.

data division.
linkage section.
01 text-made pic x(64).

procedure division using text-made.
    move function upper-case(text-made) to text-made
    goback.
