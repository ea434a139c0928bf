package main

import (
	"./shout"
	"fmt"
)

func main() {
	fmt.Println(shout.Shout(greet("Ada")))
}
