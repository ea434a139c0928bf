package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Println("Grüße, мир, 你好, 🌍")
	fmt.Print(line)
}
