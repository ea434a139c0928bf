package main

import "fmt"

func main() {
	for i := 0; i < 65536; i++ {
		fmt.Println("0123456789abcde")
	}
}
