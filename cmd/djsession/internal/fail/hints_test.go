package fail

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestRefusedHint asks for no more rights than the command needs.
func TestRefusedHint(t *testing.T) {
	for op, more := range map[string]bool{"list": false, "count": false, "load from": false, "find a user in": false, "update": true, "insert into": true, "delete from": true} {
		hints := databaseHints(&sqldialect.Error{Op: op, Problem: sqldialect.ProblemRefused})
		if len(hints) != 1 || strings.Contains(hints[0], "DELETE") != more || !strings.Contains(hints[0], "SELECT") {
			t.Errorf("%s: got %q", op, hints)
		}
	}
}
