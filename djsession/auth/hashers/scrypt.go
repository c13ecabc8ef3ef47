package hashers

import (
	"encoding/base64"
	"fmt"
	"math"

	"golang.org/x/crypto/scrypt"
)

// Scrypt is there since Django 4.0.
//
//	scrypt$N$salt$r$p$base64
//
// Django: django.contrib.auth.hashers.ScryptPasswordHasher.
type Scrypt struct {
	// N, R and P are the work factor, a power of two, block size and
	// parallelism of new hashes. A hash with others is updated.
	// Default: 16384, 8 and 5, Django's since 5.1.
	N, R, P int

	// SaltLength is the characters in a new salt. Default: 22.
	SaltLength int

	// MaxMemory bounds the bytes of memory that a hash may ask for, and to
	// sixteen times that what it may write there in all.
	// Default: 256 MiB, or what new hashes take if that is more.
	MaxMemory int
}

const scryptLength = 64 // bytes of hash

// Algorithm returns "scrypt".
func (h Scrypt) Algorithm() string { return "scrypt" }

// Encode hashes a password with a new random salt.
func (h Scrypt) Encode(password string) (string, error) {
	return h.encode(password, randomText(orDefault(h.SaltLength, defaultSaltLength)), h.parameters())
}

// Verify reports whether encoded was made of the password.
func (h Scrypt) Verify(password, encoded string) (bool, error) {
	salt, parameters, err := h.decode(encoded)
	if err != nil {
		return false, err
	}
	made, err := h.encode(password, salt, parameters)
	return err == nil && equal(made, encoded), err
}

// MustUpdate reports whether N, R or P are others. The salt's length does not
// count, as in Django.
func (h Scrypt) MustUpdate(encoded string) (bool, error) {
	_, parameters, err := h.decode(encoded)
	return err == nil && parameters != h.parameters(), err
}

// Harden mixes as many blocks as encoded falls short of. Django does nothing.
func (h Scrypt) Harden(password, encoded string) {
	salt, made, err := h.decode(encoded)
	if err != nil {
		return
	}
	for _, use := range h.parameters().without(made) {
		_, _ = h.encode(password, salt, use)
	}
}

type scryptParameters struct{ n, r, p int }

func (use scryptParameters) work() int { return use.n * use.r * use.p }

// without returns the parameters of hashes that do together what made falls
// short of. N must be a power of two.
func (use scryptParameters) without(made scryptParameters) (rest []scryptParameters) {
	missing := use.work() - made.work()
	for n := use.n; n >= 2; n /= 2 {
		if p := missing / (n * use.r); p > 0 {
			rest = append(rest, scryptParameters{n, use.r, p})
			missing -= n * use.r * p
		}
	}
	return rest
}

func (h Scrypt) parameters() scryptParameters {
	return scryptParameters{orDefault(h.N, 1<<14), orDefault(h.R, 8), orDefault(h.P, 5)}
}

func (h Scrypt) encode(password, salt string, use scryptParameters) (string, error) {
	key, err := scrypt.Key([]byte(password), []byte(salt), use.n, use.r, use.p, scryptLength)
	if err != nil { // decode lets nothing through that could be one
		return "", parameters(h.Algorithm())
	}
	return fmt.Sprintf("%s$%d$%s$%d$%d$%s", h.Algorithm(), use.n, salt, use.r, use.p, base64.StdEncoding.EncodeToString(key)), nil
}

func (h Scrypt) decode(encoded string) (salt string, use scryptParameters, err error) {
	parts, err := split(h.Algorithm(), encoded, 6)
	if err != nil {
		return "", use, err
	}
	n, okN := number(parts[1])
	r, okR := number(parts[3])
	p, okP := number(parts[4])
	salt = parts[2]
	if !okN || !okR || !okP || n < 2 || n&(n-1) != 0 || r == 0 || p == 0 || salt == "" {
		return "", use, malformed(h.Algorithm())
	}
	memory, written := uint64(math.MaxUint64), uint64(math.MaxUint64)
	if n < 1<<24 && r < 1<<16 && p < 1<<16 { // else their product may overflow
		memory, written = 128*n*r, 128*n*r*p
	}
	own := h.parameters()
	allowed := max(orDefault(h.MaxMemory, defaultMaxMemory), 128*own.n*own.r)
	return salt, scryptParameters{int(n), int(r), int(p)}, checkMemory(h.Algorithm(), "Scrypt.MaxMemory", memory, written, uint64(allowed))
}

const defaultMaxMemory = 256 << 20 // bytes

// checkMemory bounds how much memory a hash takes, and with how much is written
// there the time.
func checkMemory(algorithm, field string, memory, written, allowed uint64) error {
	if memory > allowed {
		return &CostError{algorithm, "bytes of memory", memory, allowed, field}
	}
	if written > 16*allowed {
		return &CostError{algorithm, "bytes written to memory", written, 16 * allowed, field}
	}
	return nil
}
