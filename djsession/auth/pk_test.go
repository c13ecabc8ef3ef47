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
		{auth.PKInt, "0", "0"}, {auth.PKInt, "42", "42"}, {auth.PKInt, "-7", "-7"}, {auth.PKInt, "+7", "7"}, {auth.PKInt, "007", "7"},
		{auth.PKInt, "-0", "0"}, {auth.PKInt, " 42\n", "42"}, {auth.PKInt, "\u008542\u2003", "42"}, {auth.PKInt, "1_000", "1000"},
		{auth.PKInt, "٤٢", "42"}, {auth.PKInt, "𝟜𝟚", "42"}, {auth.PKInt, "99999999999999999999999999", "99999999999999999999999999"},
		{auth.PKInt, "", ""}, {auth.PKInt, "-", ""}, {auth.PKInt, "+-1", ""}, {auth.PKInt, "- 1", ""}, {auth.PKInt, "1 2", ""}, {auth.PKInt, "_1", ""},
		{auth.PKInt, "1_", ""}, {auth.PKInt, "1__0", ""}, {auth.PKInt, "abc", ""}, {auth.PKInt, "1.0", ""}, {auth.PKInt, "1e3", ""}, {auth.PKInt, "0x10", ""},
		{auth.PKInt, "\x1c42", ""}, {auth.PKInt, "²", ""}, {auth.PKInt, "42\x00", ""}, {auth.PKInt, "1\xff", ""}, {auth.PKInt, strings.Repeat("9", 1000), ""},
		{auth.PKInt, int64(42), "42"}, {auth.PKInt, 42, "42"}, {auth.PKInt, big128, big128.String()}, {auth.PKInt, 4.7, "4"}, {auth.PKInt, -4.7, "-4"},
		{auth.PKInt, true, "1"}, {auth.PKInt, false, "0"}, {auth.PKInt, math.NaN(), ""}, {auth.PKInt, math.Inf(1), ""}, {auth.PKInt, nil, ""}, {auth.PKInt, []any{1}, ""},
		{auth.PKInt, new(big.Int).Lsh(big.NewInt(1), 1000), ""},

		{auth.PKUUID, uuid, uuid}, {auth.PKUUID, strings.ToUpper(uuid), uuid}, {auth.PKUUID, strings.ReplaceAll(uuid, "-", ""), uuid},
		{auth.PKUUID, "{" + uuid + "}", uuid}, {auth.PKUUID, "urn:uuid:" + uuid, uuid}, {auth.PKUUID, "f8-" + strings.ReplaceAll(uuid, "-", "")[2:], uuid},
		{auth.PKUUID, big128, uuid}, {auth.PKUUID, int64(5), "00000000-0000-0000-0000-000000000005"},
		{auth.PKUUID, "", ""}, {auth.PKUUID, uuid[1:], ""}, {auth.PKUUID, "g" + uuid[1:], ""}, {auth.PKUUID, uuid + "0", ""}, {auth.PKUUID, "42", ""},
		{auth.PKUUID, int64(-1), ""}, {auth.PKUUID, new(big.Int).Lsh(big128, 1), ""}, {auth.PKUUID, strings.Repeat("é", 16), ""}, {auth.PKUUID, 1.5, ""},

		{auth.PKText, "", ""}, {auth.PKText, " x ", " x "}, {auth.PKText, "007", "007"}, {auth.PKText, int64(7), "7"}, {auth.PKText, nil, ""},
	} {
		got, ok := c.pk.Parse(c.value)
		if wantOK := c.want != "" || c.pk == auth.PKText && c.value == ""; got != c.want || ok != wantOK {
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
		for _, pk := range []auth.PK{auth.PKInt, auth.PKUUID, auth.PKText} {
			id, ok := pk.Parse(s)
			if again, okAgain := pk.Parse(id); ok && (again != id || !okAgain) {
				t.Errorf("%d: %q is %q, which is %q", pk, s, id, again)
			}
		}
	})
}
