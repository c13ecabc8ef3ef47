package djsession

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/djsession/djsession-go/signing"
)

// Shared is what one part of a program was told of a site, among settings that
// other parts are told too, and that must agree.
type Shared struct {
	Part       string         // whose options they are, such as "dbstore.Options"
	HasLocal   bool           // whether the part has the option Local
	Local      *time.Location // nil is USE_TZ = True
	CookieAge  time.Duration  // zero if the part has no such option
	CookieName string         // empty likewise
	Keys       Keys           // zero if the part has no key
}

// A Sharer is a [Store], or another part, that says what it was told.
// [NewManager] compares it with its own options, and logs an error where they
// differ.
type Sharer interface {
	Shared() []Shared
}

// Keys tells whether two parts have the same secret keys. It does not hold
// them.
type Keys struct {
	current, fallbacks [sha256.Size]byte
}

// KeysOf returns what stands for a SECRET_KEY and its fallbacks, in whatever
// order these are. An empty key is the zero value.
func KeysOf(secretKey string, fallbacks []string) (k Keys) {
	if secretKey == "" {
		return k
	}
	k.current = keyMark(secretKey)
	var marks [][sha256.Size]byte
	for _, key := range fallbacks {
		marks = append(marks, keyMark(key))
	}
	slices.SortFunc(marks, func(a, b [sha256.Size]byte) int { return slices.Compare(a[:], b[:]) })
	for _, m := range marks {
		k.fallbacks = sha256.Sum256(append(k.fallbacks[:], m[:]...))
	}
	return k
}

// keyMark stands for a key, from which nothing follows for what the key signs.
func keyMark(key string) [sha256.Size]byte {
	return [sha256.Size]byte(signing.NewMAC("djsession.Keys", key, signing.SHA256).Append(nil, "same key"))
}

// Format hides what stands for the keys, which tells whether a guess is right.
func (k Keys) Format(f fmt.State, _ rune) { io.WriteString(f, "djsession.Keys") }

// Disagreements says, in a sentence each, where more parts were told other
// things than those that were told before, or than each other.
func Disagreements(told []Shared, more ...Shared) (found []string) {
	all := append(slices.Clone(told), more...)
	for _, o := range sharedOptions {
		first := -1
		for i := range all {
			value, known := o.value(&all[i])
			if !known {
				continue
			}
			if first < 0 {
				first = i
			}
			before, _ := o.value(&all[first])
			if value == before || i < len(told) {
				continue
			}
			if o.secret {
				found = append(found, fmt.Sprintf("%s of %s and of %s differ", o.name, all[first].Part, all[i].Part))
			} else {
				found = append(
					found, fmt.Sprintf("%s of %s is %v, and of %s it is %v", o.name, all[first].Part, before, all[i].Part, value),
				)
			}
		}
	}
	return found
}

// sharedOptions are the options of a [Shared], and whether a part has them.
var sharedOptions = []struct {
	name   string
	secret bool
	value  func(s *Shared) (value any, known bool)
}{
	{"Local", false, func(s *Shared) (any, bool) { return zoneName(s.Local), s.HasLocal }},
	{"CookieAge", false, func(s *Shared) (any, bool) { return s.CookieAge, s.CookieAge != 0 }},
	{"CookieName", false, func(s *Shared) (any, bool) { return s.CookieName, s.CookieName != "" }},
	{"the SECRET_KEY", true, func(s *Shared) (any, bool) { return s.Keys.current, s.Keys != Keys{} }},
	{"Fallbacks", true, func(s *Shared) (any, bool) { return s.Keys.fallbacks, s.Keys != Keys{} }},
}

func zoneName(local *time.Location) string {
	if local == nil {
		return "nil (USE_TZ = True)"
	}
	return local.String()
}

// Shared implements [Sharer]: what the manager was told comes first, and then
// what its store was.
func (m *Manager) Shared() []Shared {
	own := Shared{
		Part: "djsession.Options", HasLocal: true, Local: m.opts.Local, CookieAge: m.opts.CookieAge,
		CookieName: cmp.Or(m.opts.CookieName, "sessionid"),
	}
	all := []Shared{own}
	if store, ok := m.store.(Sharer); ok {
		all = append(all, store.Shared()...)
	}
	return all
}

// agree logs an error for each setting in which the store and the manager
// contradict each other: sessions would end at two times, or not be found.
func (m *Manager) agree() {
	all := m.Shared()
	for _, text := range Disagreements(all[:1], all[1:]...) {
		m.opts.logger().Error("djsession: the settings of one site contradict each other: " + text + "; give both the same")
	}
}

// Shared implements [Sharer] by the session's manager.
func (s *Session) Shared() []Shared { return s.mgr.Shared() }

// Keys returns what stands for the codec's keys.
func (c *Codec) Keys() Keys { return c.keys }
