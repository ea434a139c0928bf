#include <algorithm>
#include <cctype>
#include <iostream>
#include <string>

int main() {
    std::string line;
    for (int number = 1; std::getline(std::cin, line); number++) {
        std::transform(line.begin(), line.end(), line.begin(), [](unsigned char c) { return std::toupper(c); });
        std::cout << number << ": " << line << '\n';
    }
}
