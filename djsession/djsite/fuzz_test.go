package djsite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// FuzzValues has settings say anything, a line each. Nothing panics, a site
// that is valid opens or is refused, and neither it nor an error shows a key.
func FuzzValues(f *testing.F) {
	for _, text := range []string{
		"store=db.sqlite3\ntable=\"a.b\".c",
		"store=postgres://u:p@h:1/n?cache_table=t&version=2\nsession_cookie_age=1",
		"store=file:///dir?name=x\nlayout=legacy\ndjango_version=3.2",
		"store=redis+sentinel://a,b/m?engine=django-redis-sessions&prefix=p",
		"store=x\ncache=memcached://a\nusers_store=mysql://h/x\nusers_database=default",
		"store=x\nsession_references=a.b: cascade\\nc.d -> a.id: set_null\nusers_parents=t: a=b: c, d",
		"store=x\nunsupported=get_user\nusers_columns=username=email\nauthentication_backends=a\\nb",
		"store=C:\\x\ntime_zone=UTC\nsession_cookie_samesite=None\nsecret_key_base64=AA==",
	} {
		f.Add(text)
	}
	known := make(map[string]bool)
	for _, s := range djsite.Settings() {
		known[s.Name] = s.Kind != djsite.PathSetting // files are not read
	}
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "fuzzed-s3cr3t"
		values := djsite.Values{"secret_key": secret, "store": "db.sqlite3"}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok && known[name] {
				values[name] = strings.ReplaceAll(value, `\n`, "\n")
			}
		}
		site, err := values.Site()
		if err == nil {
			err = site.Validate()
		}
		if err == nil {
			_, err = site.Open(connections(), nil)
		}
		for _, shown := range []string{fmt.Sprint(err), fmt.Sprint(site), fmt.Sprint(values)} {
			if strings.Contains(shown, secret) && !strings.Contains(text, secret) {
				t.Errorf("the key is in %s", shown)
			}
		}
	})
}
