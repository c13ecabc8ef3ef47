package pyjson_test

import (
	"fmt"

	"github.com/djsession/djsession-go/pyjson"
)

// 1 and 1.0 stay apart, and text is ASCII, as Django writes sessions.
func ExampleAppend() {
	text, err := pyjson.Append(nil, pyjson.Object{{Name: "count", Value: 1}, {Name: "price", Value: 1.0}, {Name: "name", Value: "Zoë"}})
	fmt.Println(string(text), err)
	// Output: {"count":1,"price":1.0,"name":"Zo\u00eb"} <nil>
}

func ExampleUnmarshal() {
	var order struct {
		Count int     `json:"count"`
		Price float64 `json:"price"`
	}
	err := pyjson.Unmarshal(`{"count": 3, "price": 4.5}`, &order)
	fmt.Println(order.Count, order.Price, err)
	// Output: 3 4.5 <nil>
}
