package memstore_test

import (
	"context"
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

func ExampleNew() {
	sessions := djsession.NewManager(memstore.New(nil), nil)
	session := sessions.New()
	session.Set("cart", []string{"tea"})
	if err := session.Save(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	again, err := sessions.Open(context.Background(), session.Key())
	if err != nil {
		fmt.Println(err)
		return
	}
	cart, _, err := djsession.Get[[]string](again, "cart")
	fmt.Println(cart, err)
	// Output: [tea] <nil>
}
