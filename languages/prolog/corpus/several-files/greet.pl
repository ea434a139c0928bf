:- module(greet, [greet/2]).

greet(Name, Greeting) :- format(string(Greeting), "Hello, ~s!", [Name]).
