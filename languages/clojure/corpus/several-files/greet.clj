(ns greet)

(defn greet [name]
  (str "Hello, " name "!"))
