package msgpacked_test

import (
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/msgpacked"
)

func ExampleNew() {
	serializer := msgpacked.New(nil) // for cachestore.Options.Serializer
	data := new(djsession.Data)
	data.Set("visits", 3)
	payload, err := serializer.Dumps(nil, data)
	fmt.Printf("%x %v\n", payload, err)
	// Output: 81a676697369747303 <nil>
}
