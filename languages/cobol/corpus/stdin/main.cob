identification division.
program-id. example.

environment division.
input-output section.
file-control.
    select input-lines assign to keyboard organization is line sequential.

data division.
file section.
fd input-lines.
01 line-read pic x(80).

working-storage section.
01 number-of-line pic 9 value 0.
01 at-end pic 9 value 0.

procedure division.
    open input input-lines
    perform until at-end = 1
        read input-lines
            at end
                move 1 to at-end
            not at end
                add 1 to number-of-line
                display number-of-line ": " function upper-case(function trim(line-read))
        end-read
    end-perform
    close input-lines
    stop run.
