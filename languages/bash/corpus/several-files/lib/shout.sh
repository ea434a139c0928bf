shout() { echo "${1^^}"; }
