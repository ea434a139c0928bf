for _ in range(65536):
    print("0123456789abcde")
