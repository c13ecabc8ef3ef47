package hashers

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2 is there since Django 1.10. It writes argon2id, as Django does since
// 3.2, or argon2i, and reads argon2d too, and what libraries before 1.3 of the
// algorithm wrote, which has no version.
//
//	argon2$argon2id$v=19$m=102400,t=2,p=8$salt$hash, both in base64 without padding
//
// Django: django.contrib.auth.hashers.Argon2PasswordHasher.
type Argon2 struct {
	// Argon2i makes new hashes argon2i, which Django up to 3.1 writes and, up
	// to 2.2, alone reads.
	Argon2i bool

	// Time is the passes over the memory, Memory its size in KiB (at least 8 a
	// lane), Parallelism the lanes (at most 255) of new hashes. A hash with
	// others is updated. Default: 2, 102400 (100 MiB) and 8, Django's since
	// 3.2.
	// Django: Argon2PasswordHasher.time_cost, memory_cost, parallelism.
	Time, Memory, Parallelism int

	// HashLength is the bytes of new hashes. A hash with more or fewer is
	// updated. Default: 32, which comes with argon2-cffi 21.2; it was 16
	// before.
	// Django: argon2.DEFAULT_HASH_LENGTH.
	HashLength int

	// SaltLength is the characters in a new salt. A hash with fewer is updated.
	// Default: 22, Django's since 3.2.
	SaltLength int

	// MaxMemory bounds the bytes of memory that a hash may ask for, and to
	// sixteen times that what it may write there in all.
	// Default: 256 MiB, or what new hashes take if that is more.
	MaxMemory int
}

// Algorithm returns "argon2".
func (h Argon2) Algorithm() string { return "argon2" }

// Encode hashes a password with a new random salt.
func (h Argon2) Encode(password string) (string, error) {
	use := h.parameters()
	salt := randomText(orDefault(h.SaltLength, defaultSaltLength))
	if !use.valid() || len(salt) < 8 {
		return "", parameters(h.Algorithm())
	}
	hash := use.hash(password, []byte(salt), use.length)
	return fmt.Sprintf("argon2$%s$v=%d$m=%d,t=%d,p=%d$%s$%s", use.variant, use.version, use.memory, use.time, use.lanes,
		unpadded.EncodeToString([]byte(salt)), unpadded.EncodeToString(hash)), nil
}

// Verify reports whether encoded was made of the password.
func (h Argon2) Verify(password, encoded string) (bool, error) {
	use, salt, hash, err := h.decode(encoded)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(hash, use.hash(password, salt, use.length)) == 1, nil
}

// MustUpdate reports whether the variant, version or any parameter is another,
// or the salt is too short.
func (h Argon2) MustUpdate(encoded string) (bool, error) {
	use, salt, _, err := h.decode(encoded)
	// One byte of salt is one character.
	return err == nil && (use != h.parameters() || len(salt) < orDefault(h.SaltLength, defaultSaltLength)), err
}

// Harden writes as much memory as encoded falls short of. It does not make up
// for fewer lanes, which take more time. Django does nothing.
func (h Argon2) Harden(password, encoded string) {
	made, salt, _, err := h.decode(encoded)
	own := h.parameters()
	if err != nil || !own.valid() {
		return
	}
	for _, use := range own.without(made) {
		use.hash(password, salt, use.length)
	}
}

var unpadded = base64.RawStdEncoding.Strict()

type argon2Parameters struct {
	variant             string
	version             uint32
	memory, time, lanes uint32
	length              uint32
}

func (h Argon2) parameters() argon2Parameters {
	variant := "argon2id"
	if h.Argon2i {
		variant = "argon2i"
	}
	return argon2Parameters{variant, argon2.Version, uint32(orDefault(h.Memory, 102400)), uint32(orDefault(h.Time, 2)),
		uint32(orDefault(h.Parallelism, 8)), uint32(orDefault(h.HashLength, 32))}
}

func (use argon2Parameters) work() int64 { return int64(use.memory) * int64(use.time) }

// without returns the parameters of hashes that write together what made falls
// short of, but for less memory than a hash can have.
func (use argon2Parameters) without(made argon2Parameters) (rest []argon2Parameters) {
	missing, pass := use.work()-made.work(), int64(use.memory)
	if missing >= pass {
		whole := use
		whole.time = uint32(missing / pass)
		rest = append(rest, whole)
	}
	if left := missing % pass; left >= 8*int64(use.lanes) {
		part := use
		part.time, part.memory = 1, uint32(left)
		rest = append(rest, part)
	}
	return rest
}

// valid reports whether new hashes can have these parameters.
func (use argon2Parameters) valid() bool {
	return use.lanes <= 255 && use.memory >= 8*use.lanes && use.length >= 4
}

func (use argon2Parameters) hash(password string, salt []byte, length uint32) []byte {
	switch {
	case use.version == argon2.Version && use.variant == "argon2id":
		return argon2.IDKey([]byte(password), salt, use.time, use.memory, uint8(use.lanes), length)
	case use.version == argon2.Version && use.variant == "argon2i":
		return argon2.Key([]byte(password), salt, use.time, use.memory, uint8(use.lanes), length)
	}
	return use.rareHash(password, salt)
}

// decode reads what the reference implementation reads. Its limits are those of
// RFC 9106.
func (h Argon2) decode(encoded string) (use argon2Parameters, salt, hash []byte, err error) {
	fail := func() (argon2Parameters, []byte, []byte, error) {
		return argon2Parameters{}, nil, nil, malformed(h.Algorithm())
	}
	parts := strings.Split(encoded, "$")
	if len(parts) == 5 {
		parts = append(parts[:2:2], append([]string{"v=16"}, parts[2:]...)...)
	}
	if len(parts) != 6 || parts[0] != h.Algorithm() || parts[1] != "argon2id" && parts[1] != "argon2i" && parts[1] != "argon2d" ||
		parts[2] != "v=16" && parts[2] != "v=19" {
		return fail()
	}
	use.variant, use.version = parts[1], 0x10
	if parts[2] == "v=19" {
		use.version = 0x13
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return fail()
	}
	var asked [3]uint64
	for i, name := range []string{"m=", "t=", "p="} {
		text, named := strings.CutPrefix(costs[i], name)
		n, ok := number(text)
		if !named || !ok || n == 0 {
			return fail()
		}
		asked[i] = n
	}
	memory, time, lanes := asked[0], asked[1], asked[2]
	if err := h.checkCost(memory, time, lanes); err != nil {
		return use, nil, nil, err
	}
	if memory < 8*lanes || strings.ContainsAny(encoded, "\r\n") { // which Go's base64 would skip
		return fail()
	}
	salt, err = unpadded.DecodeString(parts[4])
	if err != nil || len(salt) < 8 {
		return fail()
	}
	hash, err = unpadded.DecodeString(parts[5])
	if err != nil || len(hash) < 4 {
		return fail()
	}
	use.memory, use.time, use.lanes, use.length = uint32(memory), uint32(time), uint32(lanes), uint32(len(hash))
	return use, salt, hash, nil
}

func (h Argon2) checkCost(memory, time, lanes uint64) error {
	if lanes > 255 {
		return &CostError{h.Algorithm(), "lanes", lanes, 255, "nothing"}
	}
	bytes, written := uint64(math.MaxUint64), uint64(math.MaxUint64)
	if memory < 1<<32 && time < 1<<20 { // else their product may overflow
		bytes, written = memory<<10, memory*time<<10
	}
	allowed := max(uint64(orDefault(h.MaxMemory, defaultMaxMemory)), uint64(h.parameters().memory)<<10)
	return checkMemory(h.Algorithm(), "Argon2.MaxMemory", bytes, written, allowed)
}
