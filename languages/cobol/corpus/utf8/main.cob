identification division.
program-id. example.

data division.
working-storage section.
01 line-read pic x(80).

procedure division.
    display "Grüße, мир, 你好, 🌍"
    accept line-read
    display function trim(line-read)
    stop run.
