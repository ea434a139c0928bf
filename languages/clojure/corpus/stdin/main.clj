(require '[clojure.string :as string])

(doseq [[number line] (map-indexed vector (line-seq (java.io.BufferedReader. *in*)))]
  (println (str (inc number) ": " (string/upper-case line))))
