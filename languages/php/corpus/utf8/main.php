<?php

echo "Grüße, мир, 你好, 🌍\n";
echo stream_get_contents(STDIN);
