-module(main).
-export([main/1]).

main(_) ->
    io:setopts([{encoding, unicode}]),
    io:format("~ts~n", ["Grüße, мир, 你好, 🌍"]),
    io:format("~ts", [io:get_line("")]).
