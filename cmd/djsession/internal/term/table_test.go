package term

import "testing"

// TestNoFormula has cells that a spreadsheet takes for formulas, in one
// language or another.
func TestNoFormula(t *testing.T) {
	for _, tt := range []struct{ reason, cell, want string }{
		{"a formula", "=1+1", "'=1+1"},
		{"a number", "-1.5", "-1.5"},
		{"after a semicolon, which separates cells in some languages", "a;=1+1;b", "a;'=1+1;b"},
		{"after spaces", "  @SUM(A1)", "'  @SUM(A1)"},
		{"full-width signs", "\uff1d1+1;\uff201", "'\uff1d1+1;'\uff201"},
		{"text", "a=b;c", "a=b;c"},
		{"nothing", "", ""},
	} {
		if got := noFormula(tt.cell); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
		}
	}
}
