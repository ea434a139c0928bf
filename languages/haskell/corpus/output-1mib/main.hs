import Control.Monad (replicateM_)

main :: IO ()
main = replicateM_ 65536 (putStrLn "0123456789abcde")
