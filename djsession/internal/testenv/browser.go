package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// browsers are the programs that chromedp can drive, the wanted one first.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}

// Browser returns the path of a Chromium.
func Browser(t testing.TB) string {
	t.Helper()
	path, err := findBrowser()
	if err != nil {
		missing(t, "Chromium", err)
	}
	return path
}

func findBrowser() (string, error) {
	path, err := find([]string{"/Applications/*.app/Contents/MacOS"}, append(browsers, "Chromium", "Google Chrome")...)
	if err != nil {
		return "", fmt.Errorf("%w (apt-get install chromium, or make test-env)", err)
	}
	return path, nil
}

// Artifacts returns a directory for files to look at after a test, such as
// screenshots: in the directory that DJSESSION_TEST_ARTIFACTS names, or that of
// go test -artifacts, or one that is removed with the test.
func Artifacts(t testing.TB) string {
	t.Helper()
	root := os.Getenv("DJSESSION_TEST_ARTIFACTS")
	if root == "" {
		if t, ok := t.(interface{ ArtifactDir() string }); ok { // since Go 1.26
			return t.ArtifactDir()
		}
		return t.TempDir()
	}
	dir := filepath.Join(root, filepath.FromSlash(t.Name()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
