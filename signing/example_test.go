package signing_test

import (
	"fmt"
	"time"

	"github.com/djsession/djsession-go/signing"
)

func ExampleLoads() {
	signed, err := signing.Dumps(map[string]any{"user": 42}, "the site's SECRET_KEY", &signing.Options{Salt: "invitations"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Python: signing.loads(signed, salt="invitations", max_age=3600)
	value, err := signing.Loads(signed, "the site's SECRET_KEY", &signing.Options{Salt: "invitations", MaxAge: time.Hour})
	fmt.Println(value, err)

	_, err = signing.Loads(signed, "the site's SECRET_KEY", &signing.Options{Salt: "password resets"})
	fmt.Println(err)
	// Output:
	// [{user 42}] <nil>
	// signing: signature does not match
}
