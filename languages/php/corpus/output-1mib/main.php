<?php

for ($i = 0; $i < 65536; $i++) {
    echo "0123456789abcde\n";
}
