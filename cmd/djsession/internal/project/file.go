package project

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// File is the text of djsession.toml, in the order of the table of settings.
func File(found *Answer, values map[string]any) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Settings of a Django %s project for djsession. 'djsession help settings' explains them.\n# This file holds secrets: do not commit it.\n\n", found.Django)
	for _, name := range settings.Names() {
		if value, ok := values[name]; ok {
			line, err := toml.Marshal(map[string]any{name: value})
			if err != nil {
				return nil, err
			}
			b.Write(line)
		}
	}
	return []byte(b.String()), nil
}
