int lonely(void) { return 0; }
