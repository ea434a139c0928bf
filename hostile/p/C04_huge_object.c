/* Few bytes of source, gigabytes of object file. */
long table[400000000] = {7};
int main(int count, char **words) { return (int)table[count] + !words; }
