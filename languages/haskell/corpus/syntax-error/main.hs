main :: IO ()
main = do
  putStrLn "before
