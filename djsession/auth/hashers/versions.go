package hashers

import "slices"

// version is what one series of Django changed.
type version struct {
	major, minor int
	iterations   int
}

// versions are the iterations of PBKDF2 by series, newest first.
// Django: PBKDF2PasswordHasher.iterations.
var versions = []version{
	{6, 1, newestIterations},
	{6, 0, 1_200_000},
	{5, 2, 1_000_000},
	{5, 1, 870_000},
	{5, 0, 720_000},
	{4, 2, 600_000},
	{4, 1, 390_000},
	{4, 0, 320_000},
	{3, 2, 260_000},
	{3, 1, 216_000},
	{3, 0, 180_000},
	{2, 2, 150_000},
	{2, 1, 120_000},
	{2, 0, 100_000},
	{1, 11, 36_000},
	{1, 10, 30_000},
	{1, 9, 24_000},
	{1, 8, 20_000},
	{1, 7, 15_000}, // since 1.7.3; 12,000 before
	{1, 6, 12_000},
	{1, 4, 10_000}, // and 1.5
}

const newestIterations = 1_500_000

func newest() (major, minor int) { return versions[0].major, versions[0].minor }

func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// ForDjango returns the default PASSWORD_HASHERS of a Django series, such as 5,
// 2, with its parameters. A series that is newer than this package is taken for
// the newest it knows, one that is older than 1.4 for 1.4. Two of Django's
// hashers are never among them: crypt, which was one until 1.9, and what a site
// lists itself.
//
// argon2 hashes are 16 bytes long up to 3.2 and 32 bytes from 4.0: this depends
// on the version of argon2-cffi rather than Django's.
func ForDjango(major, minor int) []Hasher {
	i := slices.IndexFunc(versions, func(v version) bool { return (version{major: major, minor: minor}).atLeast(v.major, v.minor) })
	if i < 0 {
		i = len(versions) - 1
	}
	v := versions[i]

	salt, argon2 := 22, Argon2{}
	if !v.atLeast(3, 2) {
		salt = 12
		argon2 = Argon2{Argon2i: true, Time: 2, Memory: 512, Parallelism: 2}
	}
	argon2.SaltLength = salt
	if !v.atLeast(4, 0) {
		argon2.HashLength = 16
	}
	list := []Hasher{
		PBKDF2{Iterations: v.iterations, SaltLength: salt},
		PBKDF2{Iterations: v.iterations, SaltLength: salt, SHA1: true},
	}
	if v.atLeast(1, 10) {
		list = append(list, argon2)
	}
	if v.atLeast(1, 6) {
		list = append(list, BCrypt{})
	}
	if !v.atLeast(2, 1) {
		list = append(list, BCrypt{Raw: true})
	}
	if !v.atLeast(1, 10) {
		list = append(list, SHA1{SaltLength: salt}, MD5{SaltLength: salt}, SHA1{Unsalted: true}, MD5{Unsalted: true})
	}
	switch {
	case v.atLeast(5, 1):
		list = append(list, Scrypt{})
	case v.atLeast(4, 0):
		list = append(list, Scrypt{P: 1})
	}
	return list
}
