:- initialization(main).

main :-
    writeln('Grüße, мир, 你好, 🌍'),
    read_line_to_string(user_input, Line),
    writeln(Line).
