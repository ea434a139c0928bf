print("INFO re of the program was imported")
