module Lib.Shout (shout) where

import Data.Char (toUpper)

shout :: String -> String
shout = map toUpper
