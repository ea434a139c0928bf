:- initialization(main).

main :- number_lines(1).

number_lines(Number) :-
    read_line_to_string(user_input, Line),
    (   Line == end_of_file
    ->  true
    ;   string_upper(Line, Upper),
        format("~d: ~s~n", [Number, Upper]),
        Next is Number + 1,
        number_lines(Next)
    ).
