package filestore_test

import (
	"context"
	"fmt"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
)

func Example() {
	dir, err := os.MkdirTemp("", "sessions") // SESSION_FILE_PATH
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	codec := djsession.NewCodec("the site's SECRET_KEY", nil)
	m := djsession.NewManager(filestore.New(dir, codec, nil), nil)

	s := m.New()
	s.Set("cart", []string{"a book"})
	if err := s.Save(context.Background()); err != nil {
		panic(err)
	}
	files, err := os.ReadDir(dir)
	fmt.Println(len(files), files[0].Name() == "sessionid"+s.Key(), err)
	// Output: 1 true <nil>
}
