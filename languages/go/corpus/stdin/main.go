package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	input := bufio.NewScanner(os.Stdin)
	for number := 1; input.Scan(); number++ {
		fmt.Printf("%d: %s\n", number, strings.ToUpper(input.Text()))
	}
}
