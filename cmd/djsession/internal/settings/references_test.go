package settings

import (
	"slices"
	"testing"
)

// TestFollowable splits what a project names into what a setting can say, and
// what takes Python.
func TestFollowable(t *testing.T) {
	known, others := Followable([]string{
		"a.session_id: cascade", "b.a_id -> a.id: cascade", "c.session_id: set_default", "d.c_id -> c.id: cascade",
	})
	if want := []string{"a.session_id: cascade", "b.a_id -> a.id: cascade"}; !slices.Equal(known, want) {
		t.Errorf("got %q, want %q", known, want)
	}
	if want := []string{"c.session_id: set_default", "d.c_id -> c.id: cascade"}; !slices.Equal(others, want) {
		t.Errorf("the others: got %q, want %q", others, want)
	}
}
