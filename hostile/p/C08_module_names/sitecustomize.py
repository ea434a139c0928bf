print("INFO sitecustomize of the program was imported")
