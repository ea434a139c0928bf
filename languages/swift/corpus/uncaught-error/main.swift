struct Broken: Error {
    let reason: String
}

func fail() throws {
    throw Broken(reason: "boom")
}

try fail()
