(require '[greet :refer [greet]]
         '[lib.shout :refer [shout]])

(println (greet "Ada"))
(println (shout (greet "Ada")))
