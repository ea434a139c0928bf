-module(shout).
-export([shout/1]).

shout(Text) -> string:uppercase(Text).
