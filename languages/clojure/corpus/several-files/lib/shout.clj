(ns lib.shout
  (:require [clojure.string :as string]))

(defn shout [text]
  (string/upper-case text))
