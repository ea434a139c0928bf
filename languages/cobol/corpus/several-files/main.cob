identification division.
program-id. example.

data division.
working-storage section.
01 text-made pic x(64).

procedure division.
    call "greet" using text-made
    display function trim(text-made)
    call "shout" using text-made
    display function trim(text-made)
    stop run.
