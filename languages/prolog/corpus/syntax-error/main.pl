:- initialization(main).

main :- writeln(before.
