identification division.
program-id. example.

data division.
working-storage section.
01 how-many pic 9(4).
01 argument pic x(64).

procedure division.
    accept how-many from argument-number
    perform how-many times
        move spaces to argument
        accept argument from argument-value
        if argument = spaces
            display "[]"
        else
            display "[" function trim(argument) "]"
        end-if
    end-perform
    stop run.
