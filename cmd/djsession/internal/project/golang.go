package project

import (
	"bytes"
	"fmt"
	"go/format"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
)

// Go is the site as Go has it: a djsite.Site without a secret, whose keys come
// from the environment.
func Go(found *Answer, values map[string]any) ([]byte, error) {
	text := make(djsite.Values)
	for name, value := range values {
		text[name] = asText(value)
	}
	site, err := text.Site()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// site is a Django %s project. Its keys are in the environment.\nvar site = &djsite.Site{\n", found.Django)
	fmt.Fprint(&b, "SecretKey: os.Getenv(\"DJANGO_SECRET_KEY\"),\n")
	if len(site.SecretKeyFallbacks) > 0 {
		fmt.Fprint(&b, "SecretKeyFallbacks: strings.FieldsFunc(os.Getenv(\"DJANGO_SECRET_KEY_FALLBACKS\"), func(r rune) bool { return r == '\\n' }),\n")
	}
	site.SecretKey, site.SecretKeyFallbacks = "", nil
	for alias, d := range site.Databases {
		d.URL = "" // it may hold a password
		site.Databases[alias] = d
	}
	for alias, c := range site.Caches {
		if strings.Contains(c.Location, ":") { // likewise; a table or a directory is not a URL
			c.Location = ""
		}
		site.Caches[alias] = c
	}
	writeFields(&b, reflect.ValueOf(*site))
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// asText is a value of djsession.toml as the environment has it.
func asText(value any) string {
	switch v := value.(type) {
	case []string:
		return strings.Join(v, "\n")
	case []any:
		var lines []string
		for _, item := range v {
			lines = append(lines, fmt.Sprint(item))
		}
		return strings.Join(lines, "\n")
	}
	return fmt.Sprint(value)
}

// writeFields writes the fields of a struct that are not zero.
func writeFields(b *bytes.Buffer, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Field(i)
		if field.IsZero() || (field.Kind() == reflect.Map || field.Kind() == reflect.Slice) && field.Len() == 0 {
			continue
		}
		b.WriteString(v.Type().Field(i).Name + ": ")
		writeValue(b, field)
		b.WriteString(",\n")
	}
}

// writeValue writes a value as Go has it.
func writeValue(b *bytes.Buffer, v reflect.Value) {
	switch value := v.Interface().(type) {
	case time.Duration:
		fmt.Fprintf(b, "%d * time.Second", value/time.Second)
		return
	case http.SameSite, auth.PK, dbstore.OnDelete:
		b.WriteString(constants[value])
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		b.WriteString(v.Type().String() + "{\n")
		writeFields(b, v)
		b.WriteString("}")
	case reflect.Slice:
		b.WriteString(v.Type().String() + "{")
		for i := range v.Len() {
			writeValue(b, v.Index(i))
			b.WriteString(", ")
		}
		b.WriteString("}")
	case reflect.Map:
		b.WriteString(v.Type().String() + "{\n")
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			fmt.Fprintf(b, "%q: ", key.String())
			writeValue(b, v.MapIndex(key))
			b.WriteString(",\n")
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(b, "%#v", v.Interface())
	}
}

// constants are the names of values that have some.
var constants = map[any]string{
	http.SameSiteDefaultMode: "http.SameSiteDefaultMode", http.SameSiteLaxMode: "http.SameSiteLaxMode",
	http.SameSiteStrictMode: "http.SameSiteStrictMode", http.SameSiteNoneMode: "http.SameSiteNoneMode",
	auth.PKUUID: "auth.PKUUID", auth.PKText: "auth.PKText",
	dbstore.OnDeleteSetNull: "dbstore.OnDeleteSetNull", dbstore.OnDeleteProtect: "dbstore.OnDeleteProtect",
	dbstore.OnDeleteDoNothing: "dbstore.OnDeleteDoNothing",
}
