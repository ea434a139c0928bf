# Ends in the middle of a character.
binmode STDOUT;
print "caf\xc3\xa9 \xe2\x82";
