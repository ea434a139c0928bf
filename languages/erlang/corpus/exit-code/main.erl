-module(main).
-export([main/1]).

main(_) ->
    io:format("before~n"),
    halt(3).
