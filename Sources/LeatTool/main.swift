print("leat")
