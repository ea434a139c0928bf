print("RESIDUE sitecustomize of the box was loaded before the program")
