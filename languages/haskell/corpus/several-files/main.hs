import Greet (greet)
import Lib.Shout (shout)

main :: IO ()
main = do
  putStrLn (greet "Ada")
  putStrLn (shout (greet "Ada"))
