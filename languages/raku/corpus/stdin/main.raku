for $*IN.lines.kv -> $index, $line {
    say "{$index + 1}: {$line.uc}";
}
