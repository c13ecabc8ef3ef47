package pickle_test

import (
	"encoding/hex"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

func TestAssignLogin(t *testing.T) {
	data, _ := hex.DecodeString("80049510000000000000007d948c03666f6f948c0362617294732e")
	var got struct {
		Foo string `json:"foo"`
	}
	if err := pickle.Decode(data, &got, nil); err != nil || got.Foo != "bar" {
		t.Fatalf("got %+v, %v", got, err)
	}
}
