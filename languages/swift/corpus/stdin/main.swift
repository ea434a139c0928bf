var number = 0
while let line = readLine() {
    number += 1
    print("\(number): \(line.uppercased())")
}
