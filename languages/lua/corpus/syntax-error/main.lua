print("before")
if true print("never")
