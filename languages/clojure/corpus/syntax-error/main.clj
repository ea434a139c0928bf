(println "before"
