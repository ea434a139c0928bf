:- initialization(main).

main :-
    writeln(before),
    halt(3).
