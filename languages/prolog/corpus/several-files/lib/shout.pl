:- module(shout, [shout/2]).

shout(Text, Upper) :- string_upper(Text, Upper).
