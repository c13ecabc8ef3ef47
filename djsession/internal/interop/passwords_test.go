package interop

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth/hashers"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

//go:embed passwords.py
var passwordsPy string

// classes are Django's names for our hashers.
var classes = map[string]string{
	"pbkdf2_sha256": "PBKDF2PasswordHasher",
	"pbkdf2_sha1":   "PBKDF2SHA1PasswordHasher",
	"argon2":        "Argon2PasswordHasher",
	"bcrypt_sha256": "BCryptSHA256PasswordHasher",
	"bcrypt":        "BCryptPasswordHasher",
	"scrypt":        "ScryptPasswordHasher",
	"md5":           "MD5PasswordHasher",
	"sha1":          "SHA1PasswordHasher",
	"unsalted_md5":  "UnsaltedMD5PasswordHasher",
	"unsalted_sha1": "UnsaltedSHA1PasswordHasher",
}

// hashersOf are ours with a Django's parameters, or with those that
// passwords.py calls cheap.
func hashersOf(dj *testenv.Django, cheap bool) []hashers.Hasher {
	var major, minor int
	fmt.Sscanf(dj.Series, "%d.%d", &major, &minor)
	list := hashers.ForDjango(major, minor)
	salt := list[0].(hashers.PBKDF2).SaltLength
	list = append(list, hashers.BCrypt{Raw: true}, hashers.MD5{SaltLength: salt}, hashers.SHA1{SaltLength: salt},
		hashers.MD5{Unsalted: true}, hashers.SHA1{Unsalted: true})
	for i, hasher := range list {
		switch h := hasher.(type) {
		case hashers.PBKDF2:
			if cheap {
				h.Iterations = 1000
			}
			list[i] = h
		case hashers.Argon2:
			if dj.AtLeast(2, 2) {
				h.HashLength = 32 // the environment has a newer argon2-cffi than this Django had in its time
			}
			if cheap {
				h.Time, h.Memory = 1, 64
			}
			list[i] = h
		case hashers.BCrypt:
			if cheap {
				h.Cost = 4
			}
			list[i] = h
		case hashers.Scrypt:
			if cheap {
				h.N = 16
			}
			list[i] = h
		}
	}
	return list
}

// preferring are the hashers that a Django has, with one of them first.
func preferring(list []hashers.Hasher, class string, made map[string][]string) *hashers.Hashers {
	here := slices.DeleteFunc(slices.Clone(list), func(h hashers.Hasher) bool {
		_, ok := made[classes[h.Algorithm()]]
		return !ok
	})
	first := slices.IndexFunc(here, func(h hashers.Hasher) bool { return classes[h.Algorithm()] == class })
	return hashers.New(append([]hashers.Hasher{here[first]}, here...))
}

func djangoMakes(t *testing.T, dj *testenv.Django, cheap bool, passwords ...string) (made map[string][]string) {
	t.Helper()
	dj.Run(t, passwordsPy+"\nresult = make(**args)\n", map[string]any{"cheap": cheap, "passwords": append([]string{}, passwords...)}, &made)
	return made
}

type verdict struct{ Correct, Update bool }

// djangoChecks asks of pairs of password and column; nil is an exception.
func djangoChecks(t *testing.T, dj *testenv.Django, preferred string, cases [][2]string) (outcomes []*verdict) {
	t.Helper()
	dj.Run(t, passwordsPy+"\nresult = check(**args)\n", map[string]any{"preferred": preferred, "cheap": true, "cases": cases}, &outcomes)
	return outcomes
}

// TestPasswordsBothWays has each Django check what Go made, and the other way
// round, with every hasher that it has: right, wrong, and whether the hash is
// to be renewed.
func TestPasswordsBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		t.Run("defaults", func(t *testing.T) { sameDefaults(t, dj) })
		t.Run("cheap", func(t *testing.T) {
			bothMakePasswords(t, dj, "secret", "", "$ and \x00", "\U0001f511 of many bytes", strings.Repeat("a password of 1 MB ", 1<<20/19))
		})
	})
}

// sameDefaults has a Django make a hash with each hasher's own parameters: ours
// would not make it anew.
func sameDefaults(t *testing.T, dj *testenv.Django) {
	list := hashersOf(dj, false)
	made := djangoMakes(t, dj, false, "lètmein")
	for _, hasher := range list {
		for _, column := range made[classes[hasher.Algorithm()]] {
			if update, err := hasher.MustUpdate(column); update || err != nil {
				t.Errorf("Django made %s: to be updated %v, %v", column, update, err)
			}
		}
	}
	column := made["PBKDF2PasswordHasher"][0]
	if correct, update, err := hashers.New(list).Check("lètmein", column); !correct || update || err != nil {
		t.Errorf("Django made %s: correct %v, to be updated %v, %v", column, correct, update, err)
	}
}

func bothMakePasswords(t *testing.T, dj *testenv.Django, passwords ...string) {
	list := hashersOf(dj, true)
	made := djangoMakes(t, dj, true, passwords...)
	if len(made) < 7 || len(made["PBKDF2PasswordHasher"]) == 0 {
		t.Fatalf("Django has only %v", made)
	}
	for class, columns := range made {
		ours := preferring(list, class, made)
		var cases [][2]string
		for _, password := range passwords {
			column, err := ours.Make(password)
			if class == "BCryptPasswordHasher" && len(password) > 72 && err == hashers.ErrPasswordTooLong {
				continue
			}
			if got := classes[hashers.AlgorithmOf(column)]; got != class || err != nil {
				t.Fatalf("%s: Go made %s, %v", class, column, err)
			}
			if class == "BCryptPasswordHasher" && strings.Contains(password, "\x00") && !dj.AtLeast(2, 2) {
				continue // older libraries refuse it
			}
			cases = append(cases, [2]string{password, column})
			cases = append(cases, [2]string{password + "x", column})
		}
		for i, column := range columns {
			if correct, update, err := ours.Check(passwords[i], column); !correct || update || err != nil {
				t.Errorf("Django made %s: correct %v, to be updated %v, %v", column, correct, update, err)
			}
			if correct, _, err := ours.Check(passwords[i]+"x", column); correct != (class == "BCryptPasswordHasher" && len(passwords[i]) >= 72) || err != nil {
				t.Errorf("Django made %s: another password: correct %v, %v", column, correct, err)
			}
		}
		for i, got := range djangoChecks(t, dj, class, cases) {
			if want := strings.HasSuffix(cases[i][0], "x"); got == nil || *got != (verdict{!want, false}) {
				t.Errorf("Go made %s of a password of %d bytes: Django says %+v", cases[i][1], len(cases[i][0]), got)
			}
		}
	}
}

// columns are what is hard to read.
var columns = []string{
	// What older and other sites wrote of "secret".
	"argon2$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$RR3B6XUH7DI1blhzJaRchg",
	"argon2$argon2i$v=16$m=64,t=3,p=2$c29tZXNhbHQ$NZb74/V1x0LutCqL0bVVEA",
	"argon2$argon2i$m=64,t=3,p=2$c29tZXNhbHQ$NZb74/V1x0LutCqL0bVVEA",
	"argon2$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01Q",
	"argon2$argon2d$v=19$m=64,t=3,p=2$c29tZXNhbHQ$pIoM89n+LrB0hsPzuWweew",
	"5ebe2294ecd0e0f08eab7690d2a6ee69",
	"md5$$5ebe2294ecd0e0f08eab7690d2a6ee69",
	"md5$$5EBE2294ECD0E0F08EAB7690D2A6EE69",
	"sha1$$e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4",
	// What nobody wrote.
	"", "$", "!", "!5ebe2294ecd0e0f08eab7690d2a6ee6", "secret", "crypt$$ab", "md5$", "md5$$", "md5$s$", "sha1$$", "sha1$s$x",
	"pbkdf2_sha256", "pbkdf2_sha256$", "pbkdf2_sha256$10$salt", "pbkdf2_sha256$10$salt$", "pbkdf2_sha256$ 10$salt$x",
	"pbkdf2_sha256$-1$salt$x", "pbkdf2_sha256$10$$x", "pbkdf2_sha256$1e1$salt$x", "pbkdf2_sha256$10$salt$x$y$z",
	"scrypt$16$salt$8$1", "scrypt$17$salt$8$1$x", "scrypt$16$$8$1$x", "scrypt$16$salt$8$1$x$y",
	"argon2", "argon2$", "argon2$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ",
	"argon2$argon2id$v=20$m=64,t=3,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01Q",
	"argon2$argon2id$v=19$t=3,m=64,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01Q",
	"argon2$argon2id$v=19$m=064,t=3,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01Q",
	"argon2$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01R",
	"argon2$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ=$0eaKxzb0kf/ECIuKKKz01Q==",
	"argon2$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01Q\n",
	"bcrypt_sha256$$2b$04$", "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuvlyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", "bcrypt$$2b$04$abcdefghijklmnopqrstuu",
	strings.Repeat("ä", 32), strings.Repeat("$", 100),
}

// stale are hashers with other parameters than the cheap ones.
var stale = []hashers.Hasher{
	hashers.PBKDF2{Iterations: 999}, hashers.PBKDF2{Iterations: 1001}, hashers.PBKDF2{Iterations: 1000, SaltLength: 21},
	hashers.PBKDF2{Iterations: 1000, SaltLength: 22}, hashers.PBKDF2{Iterations: 1000, SHA1: true},
	hashers.BCrypt{Cost: 4}, hashers.BCrypt{Cost: 5}, hashers.BCrypt{Cost: 4, Raw: true}, hashers.BCrypt{Cost: 5, Raw: true},
	hashers.MD5{SaltLength: 12}, hashers.MD5{SaltLength: 21}, hashers.MD5{}, hashers.SHA1{SaltLength: 12}, hashers.SHA1{},
	hashers.Argon2{Memory: 64, Time: 1}, hashers.Argon2{Memory: 65, Time: 1}, hashers.Argon2{Memory: 64, Time: 2},
	hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, hashers.Argon2{Memory: 64, Time: 1, HashLength: 16},
	hashers.Argon2{Memory: 64, Time: 1, SaltLength: 12}, hashers.Argon2{Memory: 64, Time: 1, Argon2i: true},
	hashers.Scrypt{N: 16}, hashers.Scrypt{N: 16, P: 1}, hashers.Scrypt{N: 16, R: 9}, hashers.Scrypt{N: 16, SaltLength: 4}, hashers.Scrypt{N: 32},
}

// TestColumnsAlike has each Django and Go check the same columns, under each of
// its hashers as the preferred one, and store a new hash for the same of them.
// Where Django raises an exception, no user is logged in by Go either.
func TestColumnsAlike(t *testing.T) {
	var cases [][2]string
	for _, column := range columns {
		cases = append(cases, [2]string{"secret", column})
	}
	for _, hasher := range stale {
		column, err := hasher.Encode("secret")
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, [2]string{"secret", column}, [2]string{"Secret", column})
	}
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		list := hashersOf(dj, true)
		made := djangoMakes(t, dj, true)
		for class := range made {
			ours := preferring(list, class, made)
			for i, theirs := range djangoChecks(t, dj, class, cases) {
				password, column := cases[i][0], cases[i][1]
				correct, update, err := ours.Check(password, column)
				same := theirs == nil && !correct || theirs != nil && correct == theirs.Correct && (update == theirs.Update || !correct)
				if why := differs(dj, class, column); !same && why == "" {
					t.Errorf("preferring %s: %q of %q: Django says %+v; Go: correct %v, to be updated %v, %v", class, column, password, theirs, correct, update, err)
				}
			}
		}
	})
}

// differs says why we differ from a Django.
func differs(dj *testenv.Django, class, column string) string {
	switch {
	case strings.HasPrefix(column, "argon2$") && !dj.AtLeast(3, 2) && !strings.HasPrefix(column, "argon2$argon2i$"):
		return "Django up to 3.1 reads argon2i alone; we read what its successors wrote"
	case strings.HasPrefix(column, "argon2$") && !dj.AtLeast(3, 2) && class == "Argon2PasswordHasher":
		return "Django up to 3.1 does not look at the variant and the length of a hash; its successors do"
	}
	return ""
}
