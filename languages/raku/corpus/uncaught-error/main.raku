sub fail-now() {
    die "boom";
}

say "before";
fail-now();
