main :: IO ()
main = do
  putStrLn "Grüße, мир, 你好, 🌍"
  getLine >>= putStrLn
