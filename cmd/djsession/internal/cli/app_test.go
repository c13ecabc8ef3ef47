package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestInterrupted has Ctrl-C make the database fail in words of its own.
func TestInterrupted(t *testing.T) {
	var stderr strings.Builder
	a := newApp(nil, nil, &stderr, os.LookupEnv)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status := a.report(ctx, &sqldialect.Error{Op: "clear", Problem: sqldialect.ProblemUnreachable, Err: errors.New("canceling statement due to user request")})
	if got, want := stderr.String(), "djsession: interrupted\n"; got != want || status != fail.Failed {
		t.Errorf("got %q, %d; want %q, %d", got, status, want, fail.Failed)
	}
}
