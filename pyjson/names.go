package pyjson

import (
	"fmt"
	"math/big"
	"strconv"
)

// NameOf returns the name that json.dumps makes of a dict's key: a string is
// one, None is "null", True is "true", and a number is what it would be as a
// value. Other keys are an error, as they are there.
func NameOf(key any) (string, error) {
	switch k := key.(type) {
	case string:
		return k, nil
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(k), nil
	case int64, float64, *big.Int:
		text, err := Append(nil, k)
		return string(text), err
	}
	return "", fmt.Errorf("pyjson: a %T is no name in JSON", key)
}
