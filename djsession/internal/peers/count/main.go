// Command count reads a stored session so many times, for a profiler that
// counts instructions: count login 1000.
package main

import (
	"log"
	"os"
	"strconv"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/peers"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: count session times")
	}
	times, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range peers.Sessions {
		if s.Name == os.Args[1] {
			if err := read(s.JSON, times); err != nil {
				log.Fatal(err)
			}
			return
		}
	}
	log.Fatal("there is no such session")
}

func read(json string, times int) error {
	data, err := djsession.JSON.Loads(json)
	if err != nil {
		return err
	}
	codec := djsession.NewCodec(peers.Secret, nil)
	text, err := codec.Encode(data)
	if err != nil {
		return err
	}
	for range times {
		data, err := codec.Decode(text)
		if err != nil {
			return err
		}
		if id, ok := data.Text("_auth_user_id"); !ok || id != "42" {
			log.Fatal("another user")
		}
	}
	return nil
}
