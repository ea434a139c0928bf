void shout(char *text);
