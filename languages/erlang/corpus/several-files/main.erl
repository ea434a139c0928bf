-module(main).
-export([main/1]).

main(_) ->
    io:format("~s~n", [greet:greet("Ada")]),
    io:format("~s~n", [shout:shout(greet:greet("Ada"))]).
