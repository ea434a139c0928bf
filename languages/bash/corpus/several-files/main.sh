source greet.sh
source lib/shout.sh

greet Ada
shout "$(greet Ada)"
