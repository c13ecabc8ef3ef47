package peers

import (
	"fmt"
	"strings"
)

// Secret is the key that all of them are signed with.
const Secret = "a secret key of a usual length, fifty characters long"

// Sessions are sessions as sites have them, as JSON.
var Sessions = []struct{ Name, JSON string }{
	{"login", Login + "}"},
	{"cart", Login + `,"cart":{"items":[{"sku":"A-1001","qty":2,"price":"19.90"},{"sku":"B-2002","qty":1,"price":"5.00"}],"total":"44.80"},"_language":"de"}`},
	{"4KB", Login + `,"history":[` + History(57) + `]}`},
	{"22KB", Login + `,"history":[` + History(320) + `]}`},
}

// Login is the beginning of a session with a login.
const Login = `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"6b1f3e0a4a0b3c8d9e7f00112233445566778899aabbccddeeff001122334455"`

// History is a list of n things that a user looked at.
func History(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":%d,"path":"/shop/item/%d/","seen":%d.25,"ok":true}`, i, i*7919%10007, 1700000000+i*37)
	}
	return strings.Join(items, ",")
}
