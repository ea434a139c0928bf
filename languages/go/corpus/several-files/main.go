package main

import (
	"example.com/hello/shout"
	"fmt"
)

func main() {
	fmt.Println(greet("Ada"))
	fmt.Println(shout.Shout(greet("Ada")))
}
