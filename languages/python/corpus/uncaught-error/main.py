def fail():
    raise ValueError("boom")


print("before")
fail()
