:- initialization(main, main).

main :-
    writeln(before),
    throw(boom).
