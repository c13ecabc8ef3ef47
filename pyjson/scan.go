package pyjson

import (
	"math/bits"
	"strings"
)

// A scanner checks text by the rules of Python's json.loads, without building
// anything.
type scanner struct {
	text  string
	pos   int
	depth int
}

// ScanObject checks that text is one object and calls visit for each of its
// members in order, duplicates too: the name with its escapes undone, and the
// text of the value, a part of text. It allocates nothing unless a name has
// escapes. The error of visit ends the scan and is returned.
func ScanObject(text string, visit func(name, raw string) error) error {
	s := scanner{text: text}
	s.blanks()
	if !s.take('{') {
		return s.fail("an object is expected")
	}
	s.blanks()
	for more := !s.take('}'); more; {
		name, err := s.name()
		if err != nil {
			return err
		}
		start := s.pos
		if err := s.value(); err != nil {
			return err
		}
		if err := visit(name, text[start:s.pos]); err != nil {
			return err
		}
		if more, err = s.next('}'); err != nil {
			return err
		}
	}
	return s.end()
}

// Valid reports whether text is one value.
func Valid(text string) bool { return valid(text, 0) == nil }

// valid checks a value that so many lists and objects are around.
func valid(text string, depth int) error {
	s := scanner{text: text, depth: depth}
	s.blanks()
	if err := s.value(); err != nil {
		return err
	}
	return s.end()
}

func (s *scanner) fail(reason string) error { return &SyntaxError{Offset: s.pos, Reason: reason} }

func (s *scanner) blanks() {
	if s.pos < len(s.text) && s.text[s.pos] > ' ' {
		return // nearly always
	}
	s.skipBlanks()
}

func (s *scanner) skipBlanks() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) end() error {
	if s.blanks(); s.pos < len(s.text) {
		return s.fail("more text than a value")
	}
	return nil
}

// name reads a member's name, with its escapes undone, and the colon behind it.
func (s *scanner) name() (string, error) {
	quoted, plain, err := s.quotedName()
	if err != nil {
		return "", err
	}
	if plain {
		return quoted[1 : len(quoted)-1], nil
	}
	return unquote(quoted), nil
}

// quotedName reads a member's name as it stands, and the colon behind it.
func (s *scanner) quotedName() (quoted string, plain bool, err error) {
	start := s.pos
	if plain, err = s.str(); err != nil {
		return "", false, err
	}
	quoted = s.text[start:s.pos]
	if s.pos+1 < len(s.text) && s.text[s.pos] == ':' && s.text[s.pos+1] > ' ' { // nearly always
		s.pos++
		return quoted, plain, nil
	}
	s.blanks()
	if !s.take(':') {
		return "", false, s.fail("a colon is expected")
	}
	s.blanks()
	return quoted, plain, nil
}

// next goes on behind a value: to another one behind a comma (true), or beyond
// the end of the list or object (false).
func (s *scanner) next(end byte) (bool, error) {
	if s.pos+1 < len(s.text) && s.text[s.pos] == ',' && s.text[s.pos+1] > ' ' { // nearly always
		s.pos++
		return true, nil
	}
	s.blanks()
	if s.take(end) {
		return false, nil
	}
	if !s.take(',') {
		return false, s.fail("a comma or the end is expected")
	}
	s.blanks()
	return true, nil
}

func (s *scanner) value() error {
	if s.pos >= len(s.text) {
		return s.fail("a value is expected")
	}
	switch s.text[s.pos] {
	case '"':
		_, err := s.str()
		return err
	case '{', '[':
		return s.nested()
	case 'n':
		return s.word("null")
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'N':
		return s.word("NaN")
	case 'I':
		return s.word("Infinity")
	}
	return s.number()
}

func (s *scanner) nested() error {
	if s.depth++; s.depth > MaxDepth {
		return s.fail("nested too deep")
	}
	isObject := s.text[s.pos] == '{'
	end := byte(']')
	if isObject {
		end = '}'
	}
	s.pos++
	s.blanks()
	for more := !s.take(end); more; {
		var err error
		if isObject {
			if _, _, err = s.quotedName(); err != nil {
				return err
			}
		}
		if err = s.value(); err != nil {
			return err
		}
		if more, err = s.next(end); err != nil {
			return err
		}
	}
	s.depth--
	return nil
}

func (s *scanner) word(w string) error {
	if !strings.HasPrefix(s.text[s.pos:], w) {
		return s.fail("a value is expected")
	}
	s.pos += len(w)
	return nil
}

// str reads a string and reports whether what is between the quotes is the
// string itself.
func (s *scanner) str() (plain bool, err error) {
	if !s.take('"') {
		return false, s.fail("a string is expected")
	}
	plain = true
	for s.skipPlain(); s.pos < len(s.text); s.skipPlain() {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return plain, nil
		case c == '\\':
			plain = false
			if err := s.escape(); err != nil {
				return false, err
			}
		case c < ' ':
			return false, s.fail("a control character in a string")
		default: // latin-1
			plain = false
			s.pos++
		}
	}
	return false, s.fail("a string without an end")
}

// skipPlain passes over characters that stand for themselves, eight at a time:
// ASCII but for controls, quotes and backslashes.
func (s *scanner) skipPlain() {
	const each, high = 0x0101010101010101, 0x8080808080808080
	text, pos := s.text, s.pos
	for ; pos+8 <= len(text); pos += 8 {
		b := text[pos : pos+8]
		x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, backslash := x^each*'"', x^each*'\\'
		// The lowest high bit that is set is that of the first such character.
		if found := (x | (x - each*' ') | (quote - each) | (backslash - each)) & high; found != 0 {
			s.pos = pos + bits.TrailingZeros64(found)>>3
			return
		}
	}
	for pos < len(text) && plainASCII[text[pos]] {
		pos++
	}
	s.pos = pos
}

var plainASCII = func() (plain [256]bool) {
	for c := ' '; c < 0x80; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

func (s *scanner) escape() error {
	if s.pos+1 < len(s.text) {
		switch s.text[s.pos+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			s.pos += 2
			return nil
		case 'u':
			if _, ok := hex4(s.text[s.pos+2:]); ok {
				s.pos += 6
				return nil
			}
		}
	}
	return s.fail("an escape that there is none of")
}

// number reads -?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?, or -Infinity. It stops at
// the first character that is not part of it; the caller refuses that.
func (s *scanner) number() error {
	text, pos := s.text, s.pos
	negative := pos < len(text) && text[pos] == '-'
	if negative {
		pos++
	}
	start := pos
	s.pos = start
	switch {
	case start < len(text) && text[start] == '0':
		pos++
	case negative && start < len(text) && text[start] == 'I':
		return s.word("Infinity")
	default:
		if pos = digitsEnd(text, pos); pos == start {
			return s.fail("a value is expected")
		}
	}
	whole := pos
	if isDigitAt(text, pos+1) && text[pos] == '.' {
		pos = digitsEnd(text, pos+2)
	}
	if pos < len(text) && text[pos]|0x20 == 'e' {
		exponent := pos + 1
		if exponent < len(text) && (text[exponent] == '-' || text[exponent] == '+') {
			exponent++
		}
		if isDigitAt(text, exponent) {
			pos = digitsEnd(text, exponent+1)
		}
	}
	if pos == whole && whole-start > MaxDigits {
		return s.fail("an integer of too many digits")
	}
	s.pos = pos
	return nil
}

func isDigitAt(text string, pos int) bool {
	return pos < len(text) && text[pos]-'0' <= 9
}

// digitsEnd is where the digits at a place end.
func digitsEnd(text string, pos int) int {
	for pos < len(text) && text[pos]-'0' <= 9 {
		pos++
	}
	return pos
}
