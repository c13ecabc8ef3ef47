package doctor_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/doctor"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// A refusing store answers as a server does that lets nothing be saved.
type refusing struct {
	djsession.Store
	err error
}

func (s refusing) Update(context.Context, *djsession.Record) error { return s.err }
func (s refusing) Delete(context.Context, string) error            { return s.err }

// TestCacheRights says of each refusal what it means, and that all is well
// where there is none.
func TestCacheRights(t *testing.T) {
	for _, row := range []struct {
		reason  string
		err     error
		check   string
		verdict doctor.Verdict
	}{
		{"nothing is refused", djsession.ErrNotFound, "rights", doctor.Good},
		{"a replica", errors.New("READONLY You can't write against a read only replica."), "standby", doctor.Bad},
		{"a user without commands", errors.New("NOPERM this user has no permissions to run the 'set' command"), "rights", doctor.Bad},
		{"anything else", errors.New("garbage"), "rights", doctor.Unknown},
	} {
		t.Run(row.reason, func(t *testing.T) {
			report, err := doctor.Examine(t.Context(), &doctor.Patient{Store: refusing{memstore.New(nil), row.err}, Unsigned: true, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(report.Findings, func(f doctor.Finding) bool {
				return f.Check == row.check && f.Verdict == row.verdict
			}) {
				t.Errorf("got %+v, want %s: %s", report.Findings, row.check, row.verdict)
			}
		})
	}
}
