package shout

import "strings"

func Shout(text string) string {
	return strings.ToUpper(text)
}
