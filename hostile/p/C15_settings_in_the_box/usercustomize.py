print("RESIDUE usercustomize")
