:- initialization(main, main).

main(Arguments) :- forall(member(Argument, Arguments), format("[~w]~n", [Argument])).
