package hashers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

// cheap are all hashers, at the price of a test.
func cheap() []hashers.Hasher {
	return []hashers.Hasher{
		hashers.PBKDF2{Iterations: 10, MaxIterations: 1000},
		hashers.PBKDF2{SHA1: true, Iterations: 10, MaxIterations: 1000},
		hashers.Argon2{Time: 1, Memory: 64, Parallelism: 2, MaxMemory: 1 << 20},
		hashers.BCrypt{Cost: 4, MaxCost: 5},
		hashers.BCrypt{Raw: true, Cost: 4, MaxCost: 5},
		hashers.Scrypt{N: 16, R: 8, P: 1, MaxMemory: 1 << 20},
		hashers.MD5{},
		hashers.SHA1{},
		hashers.MD5{Unsalted: true},
		hashers.SHA1{Unsalted: true},
	}
}

func TestEveryHasher(t *testing.T) {
	long := strings.Repeat("a long password ", 1<<16)
	for _, hasher := range cheap() {
		t.Run(hasher.Algorithm(), func(t *testing.T) {
			passwords := hashers.New(append([]hashers.Hasher{hasher}, cheap()...))
			for _, password := range []string{"secret", "", "lètmein \U0001f511", "with $ in it", "\xff no UTF-8", "a\x00b", long} {
				encoded, err := passwords.Make(password)
				if errors.Is(err, hashers.ErrPasswordTooLong) && hasher.Algorithm() == "bcrypt" && len(password) > 72 {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(encoded) > 128 {
					t.Errorf("%d characters do not go into the column", len(encoded))
				}
				if correct, mustUpdate, err := passwords.Check(password, encoded); !correct || mustUpdate || err != nil {
					t.Errorf("%.20q: correct %v, to be updated %v, %v", password, correct, mustUpdate, err)
				}
				if correct, _, err := passwords.Check(password+"x", encoded); correct || err != nil {
					t.Errorf("%.20q and an x: correct %v, %v", password, correct, err)
				}
				if again, _ := passwords.Make(password); again == encoded && !strings.HasPrefix(hasher.Algorithm(), "unsalted") {
					t.Errorf("%.20q: the salt is no other one", password)
				}
			}
		})
	}
}

// Hashes with default parameters fit into the column. They are made with
// cheaper ones here, which have fewer digits.
func TestDefaultsFitTheColumn(t *testing.T) {
	for _, tt := range []struct {
		hasher hashers.Hasher
		digits int
	}{
		{hashers.PBKDF2{Iterations: 10}, len("1500000") - len("10")},
		{hashers.Argon2{Time: 1, Memory: 64}, len("102400") - len("64")},
		{hashers.Scrypt{N: 16}, len("16384") - len("16")},
	} {
		encoded, err := tt.hasher.Encode("secret")
		if length := len(encoded) + tt.digits; length > 128 || err != nil {
			t.Errorf("%s: %d characters, %v", tt.hasher.Algorithm(), length, err)
		}
	}
}

func TestAlgorithmOf(t *testing.T) {
	const md5, sha1 = "5ebe2294ecd0e0f08eab7690d2a6ee69", "e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4"
	for _, tt := range []struct{ encoded, want, reason string }{
		{"pbkdf2_sha256$1$salt$x", "pbkdf2_sha256", "what stands before the first $"},
		{md5, "unsalted_md5", "32 characters without $"},
		{strings.Repeat("ä", 32), "unsalted_md5", "characters, not bytes, as in Python 3"},
		{md5[:31] + "$", md5[:31], "32 characters, but with a $"},
		{md5[1:], md5[1:], "31 characters"},
		{"md5$$" + md5, "unsalted_md5", "an empty salt is none"},
		{"md5$$" + md5[1:], "md5", "an empty salt, but not 37 characters"},
		{"md5$s$" + md5, "md5", "a salt"},
		{"sha1$$" + sha1, "unsalted_sha1", "an empty salt is none"},
		{"sha1$$" + sha1 + "0", "sha1", "an empty salt, but not 46 characters"},
		{"", "", "nothing"},
		{"$", "", "nothing before the $"},
		{"!", "", "unusable, as Django 1.4 wrote it"},
		{"!" + md5[1:], "", "unusable, though of 32 characters"},
		{"crypt$$ab", "crypt", "what we have no hasher for"},
	} {
		if got := hashers.AlgorithmOf(tt.encoded); got != tt.want {
			t.Errorf("%s (%s): got %q, want %q", tt.encoded, tt.reason, got, tt.want)
		}
	}
}

// argon2 of sorts that today's Django does not write, made by argon2-cffi 25.1
// of the password "secret".
func TestRareArgon2(t *testing.T) {
	passwords := hashers.New([]hashers.Hasher{hashers.Argon2{}})
	for _, encoded := range []string{
		"argon2$argon2d$v=16$m=8,t=1,p=1$c29tZXNhbHQ$0mAy3QeclYZUuXcDBvTZEA",
		"argon2$argon2d$v=19$m=8,t=1,p=1$c29tZXNhbHQ$HKbOx6BPaAIaLZZ0sj0PjA",
		"argon2$argon2d$v=16$m=64,t=3,p=2$c29tZXNhbHQ$ivjLcf2MK5xVUxmijJx8Xg",
		"argon2$argon2d$v=19$m=64,t=3,p=2$c29tZXNhbHQ$pIoM89n+LrB0hsPzuWweew",
		"argon2$argon2i$v=16$m=8,t=1,p=1$c29tZXNhbHQ$6aOeRti4vZ/q1dsN5JvPxA",
		"argon2$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$RR3B6XUH7DI1blhzJaRchg",
		"argon2$argon2i$v=16$m=64,t=3,p=2$c29tZXNhbHQ$NZb74/V1x0LutCqL0bVVEA",
		"argon2$argon2i$v=16$m=512,t=2,p=2$c29tZXNhbHQ$2IdoNVglVTxb9w4YVJqW8w",
		"argon2$argon2id$v=16$m=64,t=3,p=2$c29tZXNhbHQ$p3DuGK62CVwuOrkqs7SX3A",
		"argon2$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ$0eaKxzb0kf/ECIuKKKz01Q",
	} {
		for _, encoded := range []string{encoded, strings.Replace(encoded, "v=16$", "", 1)} {
			if correct, mustUpdate, err := passwords.Check("secret", encoded); !correct || !mustUpdate || err != nil {
				t.Errorf("%s: correct %v, to be updated %v, %v", encoded, correct, mustUpdate, err)
			}
			if correct, _, err := passwords.Check("secrets", encoded); correct || err != nil {
				t.Errorf("%s: another password: %v, %v", encoded, correct, err)
			}
		}
	}
}

// bcrypt reads 72 bytes. Old libraries hashed longer passwords without a word,
// so there are such rows.
func TestBCryptReads72Bytes(t *testing.T) {
	raw := hashers.New([]hashers.Hasher{hashers.BCrypt{Raw: true, Cost: 4}})
	all := strings.Repeat("0123456789ab", 6)
	encoded, err := raw.Make(all)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{all: true, all + "more": true, all[:71]: false} {
		if correct, _, err := raw.Check(password, encoded); correct != want || err != nil {
			t.Errorf("%d bytes: correct %v, %v", len(password), correct, err)
		}
	}
	if _, err := raw.Make(all + "m"); !errors.Is(err, hashers.ErrPasswordTooLong) {
		t.Errorf("73 bytes: got error %v", err)
	}
	for _, version := range []string{"2a", "2b", "2x", "2y"} {
		if correct, _, err := raw.Check(all, strings.Replace(encoded, "2b", version, 1)); !correct || err != nil {
			t.Errorf("%s: correct %v, %v", version, correct, err)
		}
	}
}

func TestUnusable(t *testing.T) {
	encoded := hashers.MakeUnusable()
	if hashers.IsUsable(encoded) || !hashers.IsUsable("") || !hashers.IsUsable("pbkdf2_sha256$1$a$b") {
		t.Error("what is usable and what not")
	}
	passwords := hashers.New(cheap())
	for _, password := range []string{"", encoded, encoded[1:]} {
		if correct, _, err := passwords.Check(password, encoded); correct || err != nil {
			t.Errorf("correct %v, %v", correct, err)
		}
	}
	if hashers.MakeUnusable() == encoded {
		t.Error("the same twice")
	}
}

func TestUpgrade(t *testing.T) {
	passwords := hashers.New(cheap())
	current, _ := passwords.Make("secret")
	for _, tt := range []struct {
		from   hashers.Hasher
		update bool
		reason string
	}{
		{hashers.PBKDF2{Iterations: 10}, false, "as it should be"},
		{hashers.PBKDF2{Iterations: 9}, true, "fewer iterations"},
		{hashers.PBKDF2{Iterations: 11}, true, "more iterations: a site may lower them"},
		{hashers.PBKDF2{Iterations: 10, SaltLength: 21}, true, "a salt of 125 bits"},
		{hashers.PBKDF2{Iterations: 10, SaltLength: 30}, false, "a longer salt"},
		{hashers.PBKDF2{Iterations: 10, SHA1: true}, true, "another algorithm"},
		{hashers.MD5{Unsalted: true}, true, "an ancient one"},
	} {
		encoded, err := tt.from.Encode("secret")
		if err != nil {
			t.Fatal(err)
		}
		if correct, replacement, err := passwords.Upgrade("wrong", encoded); correct || replacement != "" || err != nil {
			t.Errorf("%s: a wrong password: %v, %q, %v", tt.reason, correct, replacement, err)
		}
		correct, replacement, err := passwords.Upgrade("secret", encoded)
		if !correct || err != nil || (replacement != "") != tt.update {
			t.Errorf("%s: %v, %q, %v", tt.reason, correct, replacement, err)
		}
		if replacement == "" {
			continue
		}
		if correct, mustUpdate, err := passwords.Check("secret", replacement); !correct || mustUpdate || err != nil || len(replacement) != len(current) {
			t.Errorf("%s: the new one: %v, %v, %v", tt.reason, correct, mustUpdate, err)
		}
	}
	for _, tt := range []struct {
		old, new hashers.Hasher
		reason   string
	}{
		{hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, hashers.Argon2{Memory: 65, Time: 1, Parallelism: 1}, "memory"},
		{hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, hashers.Argon2{Memory: 64, Time: 2, Parallelism: 1}, "time"},
		{hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, hashers.Argon2{Memory: 64, Time: 1, Parallelism: 2}, "lanes"},
		{hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1, HashLength: 16}, "length"},
		{hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1, Argon2i: true}, hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, "variant"},
		{hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1, SaltLength: 12}, hashers.Argon2{Memory: 64, Time: 1, Parallelism: 1}, "salt"},
		{hashers.Scrypt{N: 16}, hashers.Scrypt{N: 32}, "N"},
		{hashers.Scrypt{N: 16}, hashers.Scrypt{N: 16, R: 9}, "r"},
		{hashers.Scrypt{N: 16}, hashers.Scrypt{N: 16, P: 1}, "p"},
		{hashers.BCrypt{Cost: 4}, hashers.BCrypt{Cost: 5}, "cost"},
		{hashers.MD5{SaltLength: 8}, hashers.MD5{}, "salt"},
		{hashers.SHA1{SaltLength: 8}, hashers.SHA1{}, "salt"},
	} {
		encoded, err := tt.old.Encode("secret")
		if err != nil {
			t.Fatal(err)
		}
		if same, err := tt.old.MustUpdate(encoded); same || err != nil {
			t.Errorf("%s, %s: to be updated at once: %v, %v", tt.old.Algorithm(), tt.reason, same, err)
		}
		if update, err := tt.new.MustUpdate(encoded); !update || err != nil {
			t.Errorf("%s, %s: to be updated: %v, %v", tt.new.Algorithm(), tt.reason, update, err)
		}
	}
}

func TestParameters(t *testing.T) {
	for _, hasher := range []hashers.Hasher{
		hashers.BCrypt{Cost: 3}, hashers.BCrypt{Cost: 32}, hashers.Scrypt{N: 1}, hashers.Scrypt{N: 1000},
		hashers.Argon2{Parallelism: 256}, hashers.Argon2{Memory: 15, Parallelism: 2}, hashers.Argon2{Memory: 64, HashLength: 3},
		hashers.Argon2{Memory: 64, SaltLength: 7},
	} {
		if encoded, err := hasher.Encode("secret"); encoded != "" || !errors.Is(err, hashers.ErrParameters) {
			t.Errorf("%+v: got %q, %v", hasher, encoded, err)
		}
	}
}

// A counter is a hasher that tells how often it was asked to work.
type counter struct {
	hashers.Hasher
	encoded, hardened *int
}

func (c counter) Encode(password string) (string, error) {
	*c.encoded++
	return c.Hasher.Encode(password)
}

func (c counter) Harden(password, encoded string) {
	*c.hardened++
	c.Hasher.Harden(password, encoded)
}

// Whoever is wrong has to wait for one hash, whatever the reason.
func TestTimeTellsNothing(t *testing.T) {
	encoded, hardened := 0, 0
	first := counter{hashers.PBKDF2{Iterations: 10, MaxIterations: 1000}, &encoded, &hardened}
	passwords := hashers.New([]hashers.Hasher{first, hashers.Scrypt{N: 16}, hashers.MD5{}})
	cheap, _ := hashers.MD5{}.Encode("secret")
	fresh, _ := hashers.PBKDF2{Iterations: 10}.Encode("secret")
	stale, _ := hashers.PBKDF2{Iterations: 5}.Encode("secret")
	other, _ := hashers.Scrypt{N: 16}.Encode("secret")
	for _, tt := range []struct {
		column            string
		encoded, hardened int
		reason            string
	}{
		{fresh, 0, 0, "verifying is the work"},
		{stale, 0, 1, "verifying is half of the work"},
		{other, 1, 0, "another algorithm, which may cost nothing"},
		{cheap, 1, 0, "another algorithm that costs nothing"},
		{hashers.MakeUnusable(), 1, 0, "nothing to verify"},
		{"crypt$$abcdefghijklm", 1, 0, "no such hasher"},
		{"pbkdf2_sha256$x$y$z", 1, 0, "malformed"},
		{"pbkdf2_sha256$1001$y$z", 1, 0, "too costly"},
		{"", 1, 0, "no hash at all"},
	} {
		encoded, hardened = 0, 0
		old := tt.column == stale || tt.column == other || tt.column == cheap
		correct, mustUpdate, _ := passwords.Check("wrong", tt.column)
		if correct || mustUpdate != old || encoded != tt.encoded || hardened != tt.hardened {
			t.Errorf("%s: correct %v, made %d hashes, did the rest of %d", tt.reason, correct, encoded, hardened)
		}
	}
	encoded = 0
	if passwords.CheckNobody("wrong"); encoded != 1 {
		t.Errorf("for nobody it made %d hashes", encoded)
	}
	encoded = 0
	passwords = hashers.New([]hashers.Hasher{counter{hashers.BCrypt{Raw: true, Cost: 4}, &encoded, &hardened}})
	if passwords.CheckNobody(strings.Repeat("x", 73)); encoded != 2 {
		t.Errorf("for nobody, with a password that bcrypt does not take, it tried %d hashes", encoded)
	}
}

// A hasher of the site's own, as one that wraps hashes of old.
type wrapped struct{ hashers.PBKDF2 }

func (wrapped) Algorithm() string { return "pbkdf2_wrapped_sha1" }

func TestOwnHasher(t *testing.T) {
	passwords := hashers.New([]hashers.Hasher{hashers.PBKDF2{Iterations: 10}, wrapped{}})
	if hasher, err := passwords.Identify("pbkdf2_wrapped_sha1$1$a$b"); hasher != (wrapped{}) || err != nil {
		t.Errorf("got %v, %v", hasher, err)
	}
	if _, err := passwords.Identify("argon2$"); !errors.Is(err, hashers.ErrUnknownAlgorithm) {
		t.Errorf("got error %v", err)
	}
}

func TestForDjango(t *testing.T) {
	names := func(major, minor int) string {
		var names []string
		for _, hasher := range hashers.ForDjango(major, minor) {
			names = append(names, hasher.Algorithm())
		}
		return strings.Join(names, " ")
	}
	for _, tt := range []struct {
		major, minor, iterations int
		names                    string
	}{
		{0, 96, 10_000, "pbkdf2_sha256 pbkdf2_sha1 bcrypt sha1 md5 unsalted_sha1 unsalted_md5"},
		{1, 5, 10_000, "pbkdf2_sha256 pbkdf2_sha1 bcrypt sha1 md5 unsalted_sha1 unsalted_md5"},
		{1, 6, 12_000, "pbkdf2_sha256 pbkdf2_sha1 bcrypt_sha256 bcrypt sha1 md5 unsalted_sha1 unsalted_md5"},
		{1, 11, 36_000, "pbkdf2_sha256 pbkdf2_sha1 argon2 bcrypt_sha256 bcrypt"},
		{2, 2, 150_000, "pbkdf2_sha256 pbkdf2_sha1 argon2 bcrypt_sha256"},
		{4, 2, 600_000, "pbkdf2_sha256 pbkdf2_sha1 argon2 bcrypt_sha256 scrypt"},
		{6, 1, 1_500_000, "pbkdf2_sha256 pbkdf2_sha1 argon2 bcrypt_sha256 scrypt"},
		{7, 0, 1_500_000, "pbkdf2_sha256 pbkdf2_sha1 argon2 bcrypt_sha256 scrypt"},
	} {
		if got := hashers.ForDjango(tt.major, tt.minor)[0].(hashers.PBKDF2).Iterations; got != tt.iterations {
			t.Errorf("Django %d.%d: %d iterations", tt.major, tt.minor, got)
		}
		if got := names(tt.major, tt.minor); got != tt.names {
			t.Errorf("Django %d.%d: %s", tt.major, tt.minor, got)
		}
	}
}

// Whatever is in a column, checking it ends soon, with nobody logged in by it.
func FuzzCheck(f *testing.F) {
	list := cheap()
	for _, hasher := range list {
		encoded, _ := hasher.Encode("secret")
		f.Add("secret", encoded)
	}
	for _, column := range rubbish {
		f.Add("secret", column.encoded)
	}
	passwords := hashers.New(list)
	f.Fuzz(func(t *testing.T, password, encoded string) {
		correct, replacement, err := passwords.Upgrade(password, encoded)
		if err != nil && (correct || replacement != "") {
			t.Errorf("%v, but correct %v and a new hash %q", err, correct, replacement)
		}
		if err != nil && !errors.Is(err, hashers.ErrMalformed) && !errors.Is(err, hashers.ErrTooCostly) && !errors.Is(err, hashers.ErrPasswordTooLong) {
			t.Errorf("an error of no type: %v", err)
		}
		if correct && replacement != "" {
			if again, _, err := passwords.Check(password, replacement); !again || err != nil {
				t.Errorf("the new hash is of another password: %v", err)
			}
		}
		for _, hasher := range list { // also those that would not be asked
			if correct, err := hasher.Verify(password, encoded); correct && err != nil {
				t.Errorf("%s: correct, but %v", hasher.Algorithm(), err)
			}
			_, _ = hasher.MustUpdate(encoded)
		}
		if hashers.IsUsable(encoded) == strings.HasPrefix(encoded, "!") {
			t.Error("usable?")
		}
	})
}
