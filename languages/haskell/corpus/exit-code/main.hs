import System.Exit

main :: IO ()
main = do
  putStrLn "before"
  exitWith (ExitFailure 3)
