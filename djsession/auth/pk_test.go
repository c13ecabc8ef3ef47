package auth_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth"
)

func TestParse(t *testing.T) {
	const uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	big128, _ := new(big.Int).SetString("f81d4fae7dec11d0a76500a0c91e6bf6", 16)
	for _, c := range []struct {
		pk    auth.PK
		value any
		want  string // "" is false
	}{
		{auth.IntPK, "0", "0"}, {auth.IntPK, "42", "42"}, {auth.IntPK, "-7", "-7"}, {auth.IntPK, "+7", "7"}, {auth.IntPK, "007", "7"},
		{auth.IntPK, "-0", "0"}, {auth.IntPK, " 42\n", "42"}, {auth.IntPK, "\u008542\u2003", "42"}, {auth.IntPK, "1_000", "1000"},
		{auth.IntPK, "٤٢", "42"}, {auth.IntPK, "𝟜𝟚", "42"}, {auth.IntPK, "99999999999999999999999999", "99999999999999999999999999"},
		{auth.IntPK, "", ""}, {auth.IntPK, "-", ""}, {auth.IntPK, "+-1", ""}, {auth.IntPK, "- 1", ""}, {auth.IntPK, "1 2", ""}, {auth.IntPK, "_1", ""},
		{auth.IntPK, "1_", ""}, {auth.IntPK, "1__0", ""}, {auth.IntPK, "abc", ""}, {auth.IntPK, "1.0", ""}, {auth.IntPK, "1e3", ""}, {auth.IntPK, "0x10", ""},
		{auth.IntPK, "\x1c42", ""}, {auth.IntPK, "²", ""}, {auth.IntPK, "42\x00", ""}, {auth.IntPK, "1\xff", ""}, {auth.IntPK, strings.Repeat("9", 1000), ""},
		{auth.IntPK, int64(42), "42"}, {auth.IntPK, 42, "42"}, {auth.IntPK, big128, big128.String()}, {auth.IntPK, 4.7, "4"}, {auth.IntPK, -4.7, "-4"},
		{auth.IntPK, true, "1"}, {auth.IntPK, false, "0"}, {auth.IntPK, math.NaN(), ""}, {auth.IntPK, math.Inf(1), ""}, {auth.IntPK, nil, ""}, {auth.IntPK, []any{1}, ""},
		{auth.IntPK, new(big.Int).Lsh(big.NewInt(1), 1000), ""},

		{auth.UUIDPK, uuid, uuid}, {auth.UUIDPK, strings.ToUpper(uuid), uuid}, {auth.UUIDPK, strings.ReplaceAll(uuid, "-", ""), uuid},
		{auth.UUIDPK, "{" + uuid + "}", uuid}, {auth.UUIDPK, "urn:uuid:" + uuid, uuid}, {auth.UUIDPK, "f8-" + strings.ReplaceAll(uuid, "-", "")[2:], uuid},
		{auth.UUIDPK, big128, uuid}, {auth.UUIDPK, int64(5), "00000000-0000-0000-0000-000000000005"},
		{auth.UUIDPK, "", ""}, {auth.UUIDPK, uuid[1:], ""}, {auth.UUIDPK, "g" + uuid[1:], ""}, {auth.UUIDPK, uuid + "0", ""}, {auth.UUIDPK, "42", ""},
		{auth.UUIDPK, int64(-1), ""}, {auth.UUIDPK, new(big.Int).Lsh(big128, 1), ""}, {auth.UUIDPK, strings.Repeat("é", 16), ""}, {auth.UUIDPK, 1.5, ""},

		{auth.TextPK, "", ""}, {auth.TextPK, " x ", " x "}, {auth.TextPK, "007", "007"}, {auth.TextPK, int64(7), "7"}, {auth.TextPK, nil, ""},
	} {
		got, ok := c.pk.Parse(c.value)
		if wantOK := c.want != "" || c.pk == auth.TextPK && c.value == ""; got != c.want || ok != wantOK {
			t.Errorf("%d, %.60v: got %q, %v; want %q", c.pk, c.value, got, ok, c.want)
		}
	}
}

// FuzzParse: what was parsed parses to itself, so that two spellings of an id
// are never two users.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"42", "-1_0", " ٤٢ ", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "{F81D4FAE7DEC11D0A76500A0C91E6BF6}", "", "--1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, pk := range []auth.PK{auth.IntPK, auth.UUIDPK, auth.TextPK} {
			id, ok := pk.Parse(s)
			if again, okAgain := pk.Parse(id); ok && (again != id || !okAgain) {
				t.Errorf("%d: %q is %q, which is %q", pk, s, id, again)
			}
		}
	})
}
