<?php

echo "before\n"
echo "never\n";
