<?php

require 'greet.php';
require __DIR__ . '/lib/shout.php';

echo greet('Ada'), "\n", shout(greet('Ada')), "\n";
