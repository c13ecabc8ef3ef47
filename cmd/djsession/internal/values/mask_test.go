package values

import (
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// TestMask has sessions shown to somebody who has not asked for credentials.
func TestMask(t *testing.T) {
	for _, row := range []struct{ reason, session, want string }{
		{"a text", `{"access_token":"x"}`, `{"access_token":"********"}`},
		{"a number, such as one that was sent by mail", `{"otp_token":123456}`, `{"otp_token":"********"}`},
		{"a large one", `{"token":99999999999999999999}`, `{"token":"********"}`},
		{"what says nothing stays", `{"token":null,"has_password":true,"secret":""}`, `{"token":null,"has_password":true,"secret":""}`},
		{"keys", `{"key":"x","api_key":"x","apiKey":"x","ssh-keys":["x"]}`, `{"key":"********","api_key":"********","apiKey":"********","ssh-keys":["********"]}`},
		{"what is no key", `{"monkey":"x","keyboard":"x"}`, `{"monkey":"x","keyboard":"x"}`},
		{"codes by mail, and second factors", `{"code":1,"sudo_code":"x","otp":"1","pin":1234,"loginCode":"x"}`, `{"code":"********","sudo_code":"********","otp":"********","pin":"********","loginCode":"********"}`},
		{"codes of other things", `{"country_code":"DE","zip_code":1,"encoded":"x","spinner":"x"}`, `{"country_code":"DE","zip_code":1,"encoded":"x","spinner":"x"}`},
		{"OAuth states", `{"google-oauth2_state":"x","state":"x","oauth_nonce":"x","code_verifier":"x"}`, `{"google-oauth2_state":"********","state":"********","oauth_nonce":"********","code_verifier":"********"}`},
		{"states that are names", `{"socialaccount_states":{"abc":[{"next":"/"},1.5]}}`, `{"socialaccount_states":{"********":[{"next":"********"},"********"]}}`},
		{"another session", `{"hijacker_session":"x"}`, `{"hijacker_session":"********"}`},
		{"a hash under any name", `{"old":{"h":"5703f3084771097f1152294f70774d56a8612f40"}}`, `{"old":{"h":"********"}}`},
		{"a hash in a list of pairs", `{"old":[["_auth_user_id","2"],["_auth_user_hash","x"]]}`, `{"old":[["_auth_user_id","2"],["_auth_user_hash","********"]]}`},
		{"JSON within a text", `{"saved":"{\"a\": [{\"api_key\": \"x\"}], \"n\": 1}"}`, `{"saved":"{\"a\":[{\"api_key\":\"********\"}],\"n\":1}"}`},
		{"a dict of Python's within a text", `{"saved":"{'api_key': 'x'}"}`, `{"saved":"********"}`},
		{"JSON within a text that says nothing stays as it is", `{"saved":"{ \"a\": 1.0 }"}`, `{"saved":"{ \"a\": 1.0 }"}`},
		{"a URL", `{"next":"/reset?uid=1&token=x#a"}`, `{"next":"/reset?uid=1&token=********#a"}`},
		{"at any depth", `{"a":[{"b":{"Password":"x","n":1}}]}`, `{"a":[{"b":{"Password":"********","n":1}}]}`},
		{"below a name that says it", `{"secrets":{"a":["x",1]}}`, `{"secrets":{"a":["********","********"]}}`},
	} {
		data, err := djsession.JSON.Loads(row.session)
		if err != nil {
			t.Fatal(err)
		}
		wantContents(t, row.reason, data, "json", row.want)
	}
}

// TestMaskPickled has values that are shown by their repr, which nobody takes
// apart.
func TestMaskPickled(t *testing.T) {
	dict := func(items ...any) *pickle.Dict {
		d := new(pickle.Dict)
		for i := 0; i < len(items); i += 2 {
			if err := d.Set(items[i], items[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	for _, row := range []struct {
		reason  string
		session *pickle.Dict
		want    string
	}{
		{"a dict whose keys are not all names", dict("d", dict(int64(1), "a", "password", "x")), `{"d":"********"}`},
		{"one without credentials", dict("d", dict(int64(1), "a")), `{"d":{"$repr":"{1: 'a'}"}}`},
		{"or of keys", dict("d", dict(int64(1), "a", "api_key", "x")), `{"d":"********"}`},
		{"a zone has a key too", dict("at", pickle.DateTime{Year: 2026, Month: 1, Day: 2, TZ: pickle.ZoneInfo{Key: "Europe/Berlin"}}),
			`{"at":{"$repr":"datetime.datetime(2026, 1, 2, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))"}}`},
		{"a Decimal of such a name", dict("token", pickle.Decimal("1.5")), `{"token":"********"}`},
		{"bytes", dict("token", pickle.Bytes("x")), `{"token":{"$bytes":"********"}}`},
		{"below a name that is no text", dict(int64(1), dict("password", "x")), `{"1":{"password":"********"}}`},
	} {
		text, err := pickle.Marshal(row.session, nil)
		if err != nil {
			t.Fatal(err)
		}
		data, err := pickled.New(nil).Loads(string(text))
		if err != nil {
			t.Fatal(err)
		}
		wantContents(t, row.reason, data, "pickle", row.want)
	}
}

func wantContents(t *testing.T, reason string, data *djsession.Data, serializer, want string) {
	t.Helper()
	object, err := Contents(data, serializer, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := pyjson.Append(nil, object); err != nil || string(got) != want {
		t.Errorf("%s: got %s, %v, want %s", reason, got, err, want)
	}
}
