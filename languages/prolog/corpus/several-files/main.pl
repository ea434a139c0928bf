:- use_module(greet).
:- use_module(lib/shout).
:- initialization(main).

main :-
    greet("Ada", Greeting),
    writeln(Greeting),
    shout(Greeting, Shouted),
    writeln(Shouted).
