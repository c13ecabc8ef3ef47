// The program scaling makes the tables of djsession/SCALING.md: rates from
// measurements, times for a billion rows extrapolated from those of a million
// and ten million, and simulations of hot keys and of clearing.
//
//	go test -run '^$' -bench . ./djsession/internal/scaling > djsession/internal/scaling/testdata/measured.txt
//	go run ./djsession/internal/scaling -write
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	root := flag.String("root", ".", "the repository's directory")
	write := flag.Bool("write", false, "put the tables into SCALING.md")
	flag.Parse()
	if err := run(*root, *write); err != nil {
		fmt.Fprintln(os.Stderr, "scaling:", err)
		os.Exit(1)
	}
}

func run(root string, write bool) error {
	tables, err := report(root)
	if err != nil {
		return err
	}
	if !write {
		fmt.Print(tables)
		return nil
	}
	page := filepath.Join(root, "djsession", "SCALING.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	changed, err := replace(string(text), tables)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(changed), 0o644)
}

// The tables stand between these lines of SCALING.md.
const (
	begin = "<!-- Written by djsession/internal/scaling -->\n"
	end   = "<!-- End of what it wrote -->\n"
)

func replace(page, tables string) (string, error) {
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("SCALING.md does not have the lines %q and %q", begin, end)
	}
	return before + begin + tables + end + after, nil
}

func report(root string) (string, error) {
	m, err := readMeasured(root)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, section := range []func(*strings.Builder, *measured) error{engines, logins, bulk, hotKeys, clearing} {
		if err := section(&b, m); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func engines(b *strings.Builder, m *measured) error {
	b.WriteString("\n### Sessions a second, by engine\n\n| engine | loads/s | new logins written/s |\n| --- | ---: | ---: |\n")
	for _, engine := range []string{"postgresql", "mysql", "mariadb", "sqlite", "redis", "memcached", "cached_db"} {
		load, err := m.time("Engine/" + engine + "/load")
		if err != nil {
			return err
		}
		create, err := m.time("Engine/" + engine + "/create")
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", engine, count(perSecond(load)), count(perSecond(create)))
	}
	return nil
}

// logins says how many cores check the passwords of so many logins.
func logins(b *strings.Builder, m *measured) error {
	check, err := m.time("Password")
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\n### Logins by password\n\nOne check takes %v of a core.\n\n| logins/s | cores that check passwords |\n| ---: | ---: |\n", check.Round(time.Millisecond))
	for _, rate := range []float64{1, 10, 100, 1000} {
		fmt.Fprintf(b, "| %.0f | %s |\n", rate, count(rate*check.Seconds()))
	}
	return nil
}

func perSecond(d time.Duration) float64 { return float64(time.Second) / float64(d) }

// count shows two digits of a number, which is as much as is known.
func count(n float64) string {
	if n < 10 {
		return fmt.Sprintf("%.1f", n)
	}
	unit := 1.0
	for n/unit >= 100 {
		unit *= 10
	}
	text := fmt.Sprintf("%.0f", math.Round(n/unit)*unit)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
