main :: IO ()
main = do
  putStrLn "before"
  _ <- ioError (userError "boom")
  putStrLn "never"
