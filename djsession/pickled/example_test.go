package pickled_test

import (
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// A site that moves from pickle to JSON reads both and writes JSON.
func ExampleNew() {
	old := djsession.NewCodec("the site's SECRET_KEY", &djsession.CodecOptions{Serializer: pickled.New(nil)})
	data := new(djsession.Data)
	data.Set("visits", 3)
	encoded, err := old.Encode(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	codec := djsession.NewCodec("the site's SECRET_KEY", &djsession.CodecOptions{AlsoRead: []djsession.Serializer{pickled.New(nil)}})
	read, encoding, err := codec.Inspect(encoded)
	if err != nil {
		fmt.Println(err)
		return
	}
	visits, _, err := djsession.Get[int](read, "visits")
	fmt.Println(encoding.Serializer, visits, err)
	// Output: pickle 3 <nil>
}
