<?php

for ($number = 1; ($line = fgets(STDIN)) !== false; $number++) {
    echo $number, ": ", strtoupper(rtrim($line)), "\n";
}
