//go:build unix

package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProjectPython runs no Python next to a project that another user could
// have put there.
func TestProjectPython(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	t.Setenv("VIRTUAL_ENV", "")
	const other = 12345
	for _, row := range []struct {
		reason  string
		env     string // where it is, from the project's directory
		prepare func(env string) error
		refused string
	}{
		{"the project's own", "venv", func(string) error { return nil }, ""},
		{"that of the directory above", "../.venv", func(string) error { return nil }, ""},
		{"a directory of another user's", "../venv", func(env string) error { return os.Chown(env, other, other) }, "belongs to another user"},
		{"a program of another user's", "venv", func(env string) error { return os.Chown(filepath.Join(env, "bin", "python"), other, other) }, "belongs to another user"},
		{"a directory that all can write to", "venv", func(env string) error { return os.Chmod(filepath.Join(env, "bin"), 0o777) }, "all users can write"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "site")
			env := filepath.Join(dir, row.env)
			python := filepath.Join(env, "bin", "python")
			managePy := filepath.Join(dir, "manage.py")
			for _, err := range []error{
				os.MkdirAll(dir, 0o755), os.WriteFile(managePy, nil, 0o644),
				os.MkdirAll(filepath.Dir(python), 0o755), os.WriteFile(python, []byte("#!/bin/sh\n"), 0o755), row.prepare(env),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			got, refused := projectPython(managePy)
			if row.refused == "" && (got[0] != python || refused != "") {
				t.Errorf("got %s, refused %q; want %s", got, refused, python)
			}
			if row.refused != "" && (got[0] == python || !strings.Contains(refused, row.refused)) {
				t.Errorf("got %s, refused %q; want another one, because %s", got, refused, row.refused)
			}
		})
	}
	t.Run("the owner of manage.py, whose code runs anyway", func(t *testing.T) {
		dir := t.TempDir()
		python, managePy := filepath.Join(dir, "venv", "bin", "python"), filepath.Join(dir, "manage.py")
		for _, err := range []error{
			os.WriteFile(managePy, nil, 0o644), os.Chown(managePy, other, other), os.MkdirAll(filepath.Dir(python), 0o755),
			os.WriteFile(python, nil, 0o755), os.Chown(filepath.Join(dir, "venv"), other, other),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got, refused := projectPython(managePy); got[0] != python {
			t.Errorf("got %s, refused %q", got, refused)
		}
	})
}
