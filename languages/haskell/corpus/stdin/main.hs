import Data.Char (toUpper)

main :: IO ()
main = do
  text <- getContents
  mapM_ number (zip [1 :: Int ..] (lines text))
  where
    number (index, line) = putStrLn (show index ++ ": " ++ map toUpper line)
