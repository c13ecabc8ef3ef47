package human

import "testing"

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ reason, text, want string }{
		{"letters of any language", "naïve 日本", "naïve 日本"},
		{"an order to a terminal", "\x1b[31m", `\u001b[31m`},
		{"a line break and a tab", "a\nb\tc", `a\nb\tc`},
		{"a mark that turns the direction", "a\u202eb", `a\u202eb`},
		{"a byte that is not UTF-8", "a\xffb", `a\xffb`},
		{"a lone surrogate, as WTF-8 has it", "\xed\xa0\x80", `\ud800`},
		{"beyond the first plane", "\U000e0001", `\U000e0001`},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			if got := Printable(tt.text); got != tt.want {
				t.Errorf("Printable(%q) = %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	if got, want := Quote("a\"b\\\n"), "\"a\\\"b\\\\\\n\""; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
