package interop

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// randomScenario is what nobody thought of. The same number is the same
// scenario.
func randomScenario(n int) scenario {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	s := scenario{
		Name:   fmt.Sprint("random ", n),
		Stored: pick("", "live", "live", "live", "expired", "now", "garbage", "forged"),
		Data:   pick("", `{}`, `{"a":1,"b":[1.0,{"c":null}],"testcookie":"worked"}`, `{"_session_expiry":60,"a":"x"}`, `{"_session_expiry":0}`),
		Cookie: pick("", "", "", "-", "sessionid=", "sessionid=short", "sessionid=0123456789abcdef0123456789abcdef", `sessionid="<KEY>"`),
		Vary:   pick("", "", "Accept-Language", "*"),
		Status: []int{0, 0, 0, 201, 302, 304, 404, 500, 503}[r.IntN(9)],
	}
	switch r.IntN(6) {
	case 0:
		if s.Stored != "garbage" && s.Stored != "forged" { // which differ: see unreadable
			s.Settings = everyRequest
		}
	case 1:
		s.Settings = onClose
	}
	for range r.IntN(7) {
		name := pick("a", "b", "testcookie")
		s.Ops = append(s.Ops, [][]any{
			op("get", name), op("has", name), op("names"), op("values"), op("set", name, r.IntN(9)), op("delete", name), op("pop", name),
			op("setdefault", name, "d"), op("modified"), op("set_test_cookie"), op("test_cookie_worked"), op("clear"), op("flush"), op("cycle"),
			op("expire_after", 60*r.IntN(3)), op("expire_on_close"), op("expire_default"), op("expire_at", "2023-11-20T10:00:00+00:00"), op("update", map[string]any{name: 1.5}),
		}[r.IntN(19)])
	}
	return s
}

// TestRandomScenariosLikeDjango has scenarios made by chance served by both.
func TestRandomScenariosLikeDjango(t *testing.T) {
	var random []scenario
	for n := range 250 {
		random = append(random, randomScenario(n))
	}
	for _, series := range []string{"5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			dj := testenv.GetDjango(t, series).With(testenv.Settings{"USE_TZ": true})
			dj.Migrate(t)
			var outcomes []string
			dj.Run(t, "scenarios = args['scenarios']\n"+middlewarePy, map[string]any{"scenarios": random}, &outcomes)
			for i, s := range random {
				if ours := serveGo(t, &s); ours != outcomes[i] {
					t.Errorf("%s: %+v\nours:\n%s\nDjango's:\n%s", s.Name, s, ours, outcomes[i])
				}
			}
		})
	}
}
