package values

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/djsession/djsession-go/pyjson"
)

// Masked stands in place of what is not shown.
const Masked = "********"

// credentials are parts of names of values with which others can log in.
var credentials = []string{
	"_auth_user_hash", "csrf", "token", "secret", "password", "passwd", "passphrase", "pwd", "apikey", "authorization", "credential",
	"nonce", "verifier",
}

// lastWords are credentials if a name ends with them: sudo_code, oauth_state,
// apiKey, hijacker_session.
var lastWords = []string{"key", "code", "otp", "totp", "pin", "state", "session", "sessionid", "hash", "signature", "jwt"}

// harmlessBefore are words before a last word that make it harmless.
var harmlessBefore = []string{"country", "language", "currency", "zip", "postal", "post", "status", "error", "area", "product", "discount", "coupon", "promo"}

func isCredential(name string) bool {
	lower := strings.ToLower(name)
	if slices.ContainsFunc(credentials, func(part string) bool { return strings.Contains(lower, part) }) {
		return true
	}
	words := wordsOf(name)
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	if !slices.Contains(lastWords, last) && !slices.Contains(lastWords, strings.TrimSuffix(last, "s")) {
		return false
	}
	return len(words) == 1 || !slices.Contains(harmlessBefore, words[len(words)-2])
}

// wordsOf splits a name where it is not letters, and before a capital after a
// small letter: it has the word key of api_key and apiKey, but not of monkey.
func wordsOf(name string) (words []string) {
	start, before := -1, rune(0)
	end := func(at int) {
		if start >= 0 {
			words = append(words, strings.ToLower(name[start:at]))
		}
		start = -1
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r):
			end(i)
		case start < 0:
			start = i
		case unicode.IsUpper(r) && unicode.IsLower(before):
			end(i)
			start = i
		}
		before = r
	}
	end(len(name))
	return words
}

// Mask returns a value with credentials replaced, at any depth, and whether
// there were any.
func Mask(name string, value any) (any, bool) {
	raw, ok := value.(pyjson.Raw)
	if !ok {
		return maskIn(name, value, isCredential(name))
	}
	var parsed any
	if err := pyjson.Unmarshal(string(raw), &parsed); err != nil {
		return Masked, true
	}
	if shown, hit := maskIn(name, parsed, isCredential(name)); hit {
		return shown, true
	}
	return raw, false // as it was written
}

func maskIn(name string, value any, secret bool) (any, bool) {
	switch v := value.(type) {
	case string:
		return maskText(v, secret)
	case int64, float64, *big.Int:
		if secret { // a code that was sent by mail, as a rule
			return Masked, true
		}
	case []any:
		return maskItems(name, v, secret)
	case pyjson.Object:
		return maskObject(name, v, secret)
	}
	return value, false
}

func maskItems(name string, items []any, secret bool) (any, bool) {
	hit := false
	list := make([]any, len(items))
	for i, item := range items {
		// A pair may be a name and its value.
		before, isText := any(nil), false
		if len(items) == 2 && i == 1 {
			before, isText = items[0], true
		}
		text, _ := before.(string)
		var found bool
		list[i], found = maskIn(name, item, secret || isText && isCredential(text))
		hit = hit || found
	}
	return list, hit
}

func maskObject(name string, v pyjson.Object, secret bool) (any, bool) {
	if isRepr(v) && (secret || reprHasCredential(asText(v))) { // it cannot be taken apart
		return Masked, true
	}
	// OAuth states are names themselves: {state: [details, time], ...}.
	words := wordsOf(name)
	named := len(words) > 0 && words[len(words)-1] == "states"
	hit := named && len(v) > 0
	object := make(pyjson.Object, len(v))
	for i, m := range v {
		inner, found := maskIn(m.Name, m.Value, secret || isCredential(m.Name))
		object[i] = pyjson.Member{Name: m.Name, Value: inner}
		if named {
			object[i].Name = Masked
		}
		hit = hit || found
	}
	return object, hit
}

// reprName matches the names in a repr: of a dict, or of arguments.
var reprName = regexp.MustCompile(`['"]?([A-Za-z_][A-Za-z_0-9]*)['"]?\s*[:=]`)

func reprHasCredential(text string) bool {
	lower := strings.ToLower(text)
	if slices.ContainsFunc(credentials, func(part string) bool { return strings.Contains(lower, part) }) {
		return true
	}
	for _, m := range reprName.FindAllStringSubmatch(text, -1) {
		if m[1] != "key" && isCredential(m[1]) || strings.Contains(m[0], "key'") {
			return true
		}
	}
	return false
}

var (
	// hashLike matches what Django's session auth hashes look like, and nothing
	// that a person reads.
	hashLike = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

	// parameter matches a parameter in the query of a URL.
	parameter = regexp.MustCompile(`([?&])([^=&#\s]+)=([^&#\s]+)`)
)

// maskText looks into texts too: they may be JSON, or URLs with parameters.
func maskText(text string, secret bool) (any, bool) {
	if text == "" {
		return text, false
	}
	if secret || hashLike.MatchString(text) {
		return Masked, true
	}
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		var parsed any
		if pyjson.Unmarshal(trimmed, &parsed) == nil {
			shown, hit := maskIn("", parsed, false)
			if !hit {
				return text, false
			}
			again, err := pyjson.Append(nil, shown)
			if err != nil {
				return Masked, true
			}
			return string(again), true
		}
		if reprHasCredential(trimmed) { // nearly JSON, as a dict of Python's
			return Masked, true
		}
	}
	hit := false
	shown := parameter.ReplaceAllStringFunc(text, func(all string) string {
		m := parameter.FindStringSubmatch(all)
		if !isCredential(m[2]) {
			return all
		}
		hit = true
		return m[1] + m[2] + "=" + Masked
	})
	return shown, hit
}
