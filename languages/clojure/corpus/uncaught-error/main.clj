(defn fail []
  (throw (ex-info "boom" {})))

(println "before")
(fail)
