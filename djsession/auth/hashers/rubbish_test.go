package hashers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

// rubbish is what a column may hold that no hasher wrote.
var rubbish = []struct {
	encoded string
	want    error // nil: never right, but no error either
	reason  string
}{
	{"", nil, "an empty column"},
	{"$", nil, "no algorithm"},
	{"plain text", nil, "somebody's password"},
	{"PBKDF2_SHA256$1$a$b", nil, "names have a case"},

	{"pbkdf2_sha256", hashers.ErrMalformed, "a name alone"},
	{"pbkdf2_sha256$10$salt", hashers.ErrMalformed, "no hash"},
	{"pbkdf2_sha256$ten$salt$x", hashers.ErrMalformed, "no number"},
	{"pbkdf2_sha256$$salt$x", hashers.ErrMalformed, "an empty number"},
	{"pbkdf2_sha256$-1$salt$x", hashers.ErrMalformed, "a negative number"},
	{"pbkdf2_sha256$0$salt$x", hashers.ErrMalformed, "no iterations; Django takes its default and never matches"},
	{"pbkdf2_sha256$1_0$salt$x", hashers.ErrMalformed, "Python reads 10, writes it otherwise and never matches"},
	{"pbkdf2_sha256$010$salt$x", hashers.ErrMalformed, "the same"},
	{"pbkdf2_sha256$10$$x", hashers.ErrMalformed, "no salt"},
	{"pbkdf2_sha256$10$salt$", nil, "no hash, but where it should be"},
	{"pbkdf2_sha256$10$salt$x$y", nil, "a $ in the hash"},
	{"pbkdf2_sha256$999999999$salt$x", hashers.ErrTooCostly, "minutes"},
	{"pbkdf2_sha256$" + strings.Repeat("9", 60) + "$salt$x", hashers.ErrTooCostly, "more than a uint64"},
	{"pbkdf2_sha1$999999999$salt$x", hashers.ErrTooCostly, "minutes"},

	{"scrypt$16$salt$8$1", hashers.ErrMalformed, "no hash"},
	{"scrypt$17$salt$8$1$x", hashers.ErrMalformed, "N is no power of two"},
	{"scrypt$1$salt$8$1$x", hashers.ErrMalformed, "N is 1"},
	{"scrypt$16$salt$0$1$x", hashers.ErrMalformed, "r is 0"},
	{"scrypt$16$salt$8$0$x", hashers.ErrMalformed, "p is 0"},
	{"scrypt$16$$8$1$x", hashers.ErrMalformed, "no salt"},
	{"scrypt$16$salt$8$1$x", nil, "another hash"},
	{"scrypt$1073741824$salt$8$1$x", hashers.ErrTooCostly, "a terabyte"},
	{"scrypt$9223372036854775808$salt$8$1$x", hashers.ErrTooCostly, "2**63"},
	{"scrypt$16$salt$99999999$99999999$x", hashers.ErrTooCostly, "r and p"},
	{"scrypt$16$salt$1$99999999$x", hashers.ErrTooCostly, "p alone"},
	{"scrypt$16$salt$65535$65535$x", hashers.ErrTooCostly, "just below what is too much by itself"},

	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", hashers.ErrMalformed, "no hash"},
	{"argon2$argon2x$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "no such variant"},
	{"argon2$argon2id$v=20$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "no such version"},
	{"argon2$argon2id$v=19$t=1,m=64,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "another order"},
	{"argon2$argon2id$v=19$m=64,t=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "no lanes"},
	{"argon2$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "no passes"},
	{"argon2$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "zero lanes"},
	{"argon2$argon2id$v=19$m=15,t=1,p=2$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "too little memory for its lanes"},
	{"argon2$argon2id$v=19$m=064,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrMalformed, "a leading zero"},
	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tc2Fs$AAAAAAAA", hashers.ErrMalformed, "a salt of 6 bytes"},
	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", hashers.ErrMalformed, "a hash of 3 bytes"},
	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAB", hashers.ErrMalformed, "bits that should be 0"},
	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ=$AAAAAAAA", hashers.ErrMalformed, "padding"},
	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA\nAAAA", hashers.ErrMalformed, "a line break"},
	{"argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", nil, "another hash"},
	{"argon2$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrTooCostly, "four terabytes"},
	{"argon2$argon2id$v=19$m=64,t=4294967295,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrTooCostly, "days"},
	{"argon2$argon2id$m=64,t=100000000000000000000,p=1$c29tZXNhbHQ$AAAAAAAA", hashers.ErrTooCostly, "more than a uint64"},
	{"argon2$argon2id$v=19$m=16384,t=1,p=256$c29tZXNhbHQ$AAAAAAAA", hashers.ErrTooCostly, "more lanes than there are"},

	{"bcrypt_sha256$$2b$04$short", hashers.ErrMalformed, "too short"},
	{"bcrypt_sha256$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gFG5mrkJj$2b$04$short.O.", hashers.ErrMalformed, "of the right length, with something between the first two $"},
	{"bcrypt_sha256$2b$04$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "one $ too few"},
	{"bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", nil, "another hash"},
	{"bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuvlyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "bits of the salt that should be 0"},
	{"bcrypt_sha256$$2b$04$abcdefghijklmn=pqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "no base64"},
	{"bcrypt_sha256$$2b$03$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "below bcrypt's least cost"},
	{"bcrypt_sha256$$2b$32$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "above its most"},
	{"bcrypt_sha256$$2b$ 4$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "a blank"},
	{"bcrypt_sha256$$2c$04$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "no such version"},
	{"bcrypt_sha256$$3b$04$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrMalformed, "nor this"},
	{"bcrypt$$2b$31$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrTooCostly, "days"},

	{"md5$", hashers.ErrMalformed, "no hash"},
	{"md5$$x", hashers.ErrMalformed, "no salt, and no MD5"},
	{"md5$salt$5EBE2294ECD0E0F08EAB7690D2A6EE69", nil, "capitals"},
	{"sha1$salt", hashers.ErrMalformed, "no hash"},
	{"\x00", nil, "a NUL"},
	{"\xff\xfe$", nil, "no UTF-8"},
	{strings.Repeat("$", 1<<20), nil, "a megabyte of separators"},
	{"argon2" + strings.Repeat("$", 1<<20), hashers.ErrMalformed, "the same for a hasher that splits"},
}

// None of it takes long: with what these columns ask for the test would never
// end.
func TestRubbish(t *testing.T) {
	passwords := hashers.New(cheap())
	for _, tt := range rubbish {
		correct, mustUpdate, err := passwords.Check("secret", tt.encoded)
		if correct || (err == nil) != (tt.want == nil) || !errors.Is(err, tt.want) || err != nil && mustUpdate {
			t.Errorf("%.80q (%s): correct %v, to be updated %v, %v; want %v", tt.encoded, tt.reason, correct, mustUpdate, err, tt.want)
		}
	}
}

// The default bounds let through what Django writes, and what sites are advised
// to choose.
func TestDefaultBounds(t *testing.T) {
	for _, tt := range []struct {
		hasher  hashers.Hasher
		encoded string
		want    error
	}{
		{hashers.PBKDF2{}, "pbkdf2_sha256$10000000$salt$x", nil},
		{hashers.PBKDF2{}, "pbkdf2_sha256$10000001$salt$x", hashers.ErrTooCostly},
		{hashers.PBKDF2{Iterations: 20_000_000}, "pbkdf2_sha256$20000000$salt$x", nil},
		{hashers.Argon2{}, "argon2$argon2id$v=19$m=262144,t=16,p=8$c29tZXNhbHQ$AAAAAAAA", nil},
		{hashers.Argon2{}, "argon2$argon2id$v=19$m=262145,t=1,p=8$c29tZXNhbHQ$AAAAAAAA", hashers.ErrTooCostly},
		{hashers.Argon2{}, "argon2$argon2id$v=19$m=262144,t=17,p=8$c29tZXNhbHQ$AAAAAAAA", hashers.ErrTooCostly},
		{hashers.Argon2{Memory: 1 << 20}, "argon2$argon2id$v=19$m=1048576,t=1,p=8$c29tZXNhbHQ$AAAAAAAA", nil},
		{hashers.Scrypt{}, "scrypt$131072$salt$8$5$x", nil},
		{hashers.Scrypt{}, "scrypt$262144$salt$8$1$x", nil},
		{hashers.Scrypt{}, "scrypt$524288$salt$8$1$x", hashers.ErrTooCostly},
		{hashers.BCrypt{}, "bcrypt_sha256$$2b$16$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", nil},
		{hashers.BCrypt{}, "bcrypt_sha256$$2b$17$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S", hashers.ErrTooCostly},
	} {
		if _, err := tt.hasher.MustUpdate(tt.encoded); !errors.Is(err, tt.want) { // which reads, but computes nothing
			t.Errorf("%s: %v, want %v", tt.encoded, err, tt.want)
		}
	}
}

// Errors say what to do, and nothing of what is in the column.
func TestErrorsTellNoSecret(t *testing.T) {
	passwords := hashers.New(cheap())
	for _, column := range []string{"pbkdf2_sha256$x$SECRETSALT$SECRETHASH", "pbkdf2_sha256$99999$SECRETSALT$SECRETHASH", "md5$SECRETHASH",
		"argon2$argon2id$v=19$m=9999999,t=1,p=1$SECRETSALT$SECRETHASH", "bcrypt_sha256$$2b$31$SECRETSALTSECRETSALT.."} {
		_, _, err := passwords.Check("SECRETPASSWORD", column)
		if err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v", err)
		}
	}
	_, _, err := passwords.Check("", "pbkdf2_sha256$1001$salt$hash")
	const want = "hashers: too costly: pbkdf2_sha256 asks for 1001 iterations, of 1000 allowed; raise PBKDF2.MaxIterations if that is meant"
	var cost *hashers.CostError
	if !errors.As(err, &cost) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
