package hashers_test

import (
	"fmt"

	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

// A password is checked, and its hash brought up to date as Django would do it.
func Example() {
	passwords := hashers.New(hashers.ForDjango(4, 2))

	column := "pbkdf2_sha256$30000$seasaltseasaltseasalt1$Dsg5DWm0pKVPatEDa1RdgJY7m9l5Pg7h4s1MtMNU/3I=" // from Django 1.10
	correct, replacement, err := passwords.Upgrade("lètmein", column)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(correct, replacement[:len("pbkdf2_sha256$600000")])
	// Output: true pbkdf2_sha256$600000
}

// A site whose PASSWORD_HASHERS begin with argon2, and which has rows of other
// times.
func ExampleNew() {
	passwords := hashers.New([]hashers.Hasher{
		hashers.Argon2{},
		hashers.PBKDF2{},
		hashers.MD5{}, // left from the site's first years
	})
	correct, mustUpdate, err := passwords.Check("lètmein", "md5$seasaltseasaltseasalt1$d40497d3861888ac0ef97ad41b2127d7")
	fmt.Println(correct, mustUpdate, err)
	// Output: true true <nil>
}
