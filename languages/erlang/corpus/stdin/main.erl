-module(main).
-export([main/1]).

main(_) ->
    number(1).

number(Number) ->
    case io:get_line("") of
        eof ->
            ok;
        Line ->
            io:format("~b: ~ts~n", [Number, string:uppercase(string:trim(Line))]),
            number(Number + 1)
    end.
