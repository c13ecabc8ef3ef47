package djsession_test

import (
	"crypto/rand"
	"encoding/hex"
	"runtime"
	"sync"
	"testing"

	"github.com/djsession/djsession-go/djsession"
)

// TestHugeSessionsTakeLittleMemory encodes and decodes a huge session again and
// again, several at once: each time takes little more than the text and the
// values that are returned.
func TestHugeSessionsTakeLittleMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("pools forget at random under the race detector")
	}
	const size, rounds, clients, most = 2 << 20, 2, 4, 4
	random := make([]byte, size/2)
	rand.Read(random)
	d := new(djsession.Data)
	d.Set("value", hex.EncodeToString(random))
	codec := djsession.NewCodec("a secret", nil)
	text, err := codec.Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = codec.Decode(text); err != nil {
		t.Fatal(err)
	}
	run := func() {
		var group sync.WaitGroup
		for range clients {
			group.Go(func() {
				text, err := codec.Encode(d)
				if err == nil {
					_, err = codec.Decode(text)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	run()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range rounds {
		run()
	}
	runtime.ReadMemStats(&after)
	times := float64(after.TotalAlloc-before.TotalAlloc) / (rounds * clients * size)
	if times > most {
		t.Errorf("each took %.1f times the session's size, want %d at most", times, most)
	}
}
