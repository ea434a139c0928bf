@include "greet.awk"
@include "lib/shout.awk"

BEGIN {
    print greet("Ada")
    print shout(greet("Ada"))
}
