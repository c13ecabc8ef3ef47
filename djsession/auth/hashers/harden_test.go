package hashers

import "testing"

// TestHardenDoesTheRest: a hash with cheaper parameters, and what
// [Hasher.Harden] does after it, are the work of one hash with the site's. Work
// is counted: time depends on the machine.
func TestHardenDoesTheRest(t *testing.T) {
	for _, c := range []struct {
		reason     string
		first, old Scrypt
	}{
		{"Django 5.0's", Scrypt{}, Scrypt{P: 1}},
		{"less memory", Scrypt{N: 8192, P: 1}, Scrypt{N: 16, P: 3}},
		{"another block size", Scrypt{}, Scrypt{R: 1, P: 1}},
		{"the same", Scrypt{}, Scrypt{}},
		{"more, which cannot be taken back", Scrypt{}, Scrypt{P: 9}},
	} {
		use, made := c.first.parameters(), c.old.parameters()
		got, want := made.work(), max(use.work(), made.work())
		for _, rest := range use.without(made) {
			got += rest.work()
		}
		if got > want || got < want-2*use.r {
			t.Errorf("scrypt, %s: the work is %d, want %d", c.reason, got, want)
		}
	}
	for _, c := range []struct {
		reason     string
		first, old Argon2
	}{
		{"Django 3.1's", Argon2{}, Argon2{Argon2i: true, Time: 2, Memory: 512, Parallelism: 2, HashLength: 16}},
		{"fewer passes", Argon2{Time: 8}, Argon2{Time: 1}},
		{"less memory", Argon2{Time: 1}, Argon2{Time: 3, Memory: 64, Parallelism: 1}},
		{"another length", Argon2{}, Argon2{HashLength: 16}},
		{"more, which cannot be taken back", Argon2{}, Argon2{Time: 9}},
	} {
		use, made := c.first.parameters(), c.old.parameters()
		got, want := made.work(), max(use.work(), made.work())
		for _, rest := range use.without(made) {
			if !rest.valid() || rest.time == 0 {
				t.Errorf("argon2, %s: %+v cannot be computed", c.reason, rest)
			}
			got += rest.work()
		}
		if got > want || got < want-8*int64(use.lanes) {
			t.Errorf("argon2, %s: the work is %d, want %d", c.reason, got, want)
		}
	}
}

// TestHardenAnything: what is stored decides nothing that can fail.
func TestHardenAnything(t *testing.T) {
	hashers := []Hasher{Scrypt{N: 16, P: 2}, Argon2{Memory: 64, Time: 3}, Argon2{Parallelism: 300, Memory: 64},
		PBKDF2{Iterations: 2}, BCrypt{Cost: 4}, MD5{}}
	for _, h := range hashers {
		for _, encoded := range []string{"", "x", "scrypt$2$salt$1$1$AA==", "pbkdf2_sha256$1$salt$x",
			"argon2$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA", "argon2$argon2d$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"} {
			h.Harden("password", encoded)
		}
	}
}
