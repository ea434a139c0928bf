print("INFO encodings of the program was imported")
