print("INFO random of the program was imported")
