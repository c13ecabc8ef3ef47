package auth

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// PK is what a user model's primary key is.
type PK uint8

const (
	// PKInt is an integer of any width: AutoField and BigAutoField.
	PKInt PK = iota
	// PKUUID is a UUIDField.
	PKUUID
	// PKText is a CharField, or any other field whose values are text.
	PKText
)

// Parse returns the id that a session's value means, in the form of User.ID, or
// false if it cannot be one. Values are what JSON or pickle give: sessions of
// Django up to 1.7 hold numbers as such.
// Django: the to_python of the model's primary key.
func (pk PK) Parse(value any) (id string, ok bool) {
	switch v := value.(type) {
	case string:
		return pk.parseText(v)
	case int64:
		return pk.parseInt(big.NewInt(v))
	case int:
		return pk.parseInt(big.NewInt(int64(v)))
	case *big.Int:
		return pk.parseInt(v)
	case float64:
		if pk == PKInt && !math.IsNaN(v) && math.Abs(v) < 1<<63 {
			return strconv.FormatInt(int64(v), 10), true
		}
	case bool:
		if pk == PKInt {
			return map[bool]string{false: "0", true: "1"}[v], true
		}
	}
	return "", false
}

func (pk PK) parseText(s string) (string, bool) {
	switch pk {
	case PKInt:
		return parseInteger(s)
	case PKUUID:
		return parseUUID(s)
	}
	return s, true
}

func (pk PK) parseInt(n *big.Int) (string, bool) {
	if pk == PKUUID {
		if n.Sign() < 0 || n.BitLen() > 128 {
			return "", false
		}
		return parseUUID(string(hexDigits(n)))
	}
	if n.BitLen() > maxIDBits {
		return "", false
	}
	return n.String(), true
}

func hexDigits(n *big.Int) []byte {
	text := n.Text(16)
	return []byte(strings.Repeat("0", 32-len(text)) + text)
}

// No database has integers of more than so many bits, or digits.
const maxIDBits, maxIDDigits = 256, 78

// parseInteger reads an integer as Python's int does: spaces around it, a sign,
// digits of any script, single underscores between them.
func parseInteger(s string) (string, bool) {
	if isCanonical(s) {
		return s, true
	}
	s = strings.TrimSpace(s)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || len(digits) > 4*maxIDDigits {
		return "", false
	}
	var b []byte
	underscore := true // as before the first digit, where none may be
	for _, r := range digits {
		if r == '_' && !underscore {
			underscore = true
			continue
		}
		d, ok := digitValue(r)
		if !ok {
			return "", false
		}
		b = append(b, '0'+d)
		underscore = false
	}
	if underscore {
		return "", false
	}
	text := strings.TrimLeft(string(b), "0")
	switch {
	case len(text) > maxIDDigits:
		return "", false
	case text == "":
		return "0", true
	case s[0] == '-':
		return "-" + text, true
	}
	return text, true
}

// isCanonical reports whether s is an integer as Django writes it, which nearly
// every id is.
func isCanonical(s string) bool {
	if s == "" || len(s) > maxIDDigits || s[0] == '0' && len(s) > 1 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// digitValue is the value of a decimal digit of any script: they come in runs
// of ten that begin with zero.
func digitValue(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r - '0'), true
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, run := range unicode.Nd.R16 {
		if r <= rune(run.Hi) && r >= rune(run.Lo) {
			return byte((r - rune(run.Lo)) % 10), true
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r <= rune(run.Hi) && r >= rune(run.Lo) {
			return byte((r - rune(run.Lo)) % 10), true
		}
	}
	return 0, false
}

// parseUUID takes what Python's uuid.UUID does: 32 hex digits, hyphens
// anywhere, braces around, "urn:" and "uuid:".
func parseUUID(s string) (string, bool) {
	if isCanonicalUUID(s) {
		return s, true
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "urn:", ""), "uuid:", "")
	s = strings.ReplaceAll(strings.Trim(s, "{}"), "-", "")
	if len(s) != 32 {
		return "", false
	}
	b := make([]byte, 0, 36)
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20 // lower case
		if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return "", false
		}
		if i == 8 || i == 12 || i == 16 || i == 20 {
			b = append(b, '-')
		}
		if s[i] > '9' {
			b = append(b, c)
		} else {
			b = append(b, s[i])
		}
	}
	return string(b), true
}

// isCanonicalUUID reports whether s is a UUID as Django writes it.
func isCanonicalUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}
