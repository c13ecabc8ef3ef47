package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
)

func (a *app) shadowCommand() *cobra.Command {
	var admin string
	report := &cobra.Command{
		Use:   "report",
		Short: "Say how often Go and Django saw the same user",
		Long: `Report asks forward-auth what came of the comparison. The exit status is 5 if a request differed, or none was compared.

--json prints {"same", "only_go", "only_django", "another_user", "undecided", "reasons"}: how many requests had the same user (or
none) for both, a user for one of them only, or two; how many could not be decided while the store was down; and why Go saw none.`,
		Example: `  djsession shadow report --json || echo 'not yet'`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.shadowReport(cmd.Context(), admin) },
	}
	report.Flags().StringVar(&admin, "admin", "127.0.0.1:8009", "`HOST:PORT` of forward-auth's --admin-listen")
	shadow := &cobra.Command{
		Use:     "shadow",
		GroupID: groupCare,
		Short:   "Compare with Django before a switch",
		Long: `A team switches to forward-auth with evidence: for a while a middleware in Django tells it of each request, and who the user was,
and it counts whether it would have seen the same. Nothing depends on it meanwhile.

1. Run forward-auth with --admin-listen, where only Django reaches it.
2. Put the middleware that 'djsession forward-auth --print-config django-shadow' prints into the project, last in MIDDLEWARE.
3. Look at 'djsession shadow report' after a day.

A request whose view changed the session is not compared. A few differences remain where a logout came between the two looks.`,
		Example: `  djsession forward-auth --print-config django-shadow --advertise-admin 10.0.0.5:8009 > shadow.py`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	shadow.AddCommand(report)
	return shadow
}

func (a *app) shadowReport(ctx context.Context, admin string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/shadow", nil)
	if err != nil {
		return fail.AsUsage(err)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	response, err := client.Do(r)
	if err != nil {
		return fail.Hint(errors.New("forward-auth does not answer at "+admin), "run it with --admin-listen, and name that with --admin")
	}
	defer response.Body.Close()
	var report forward.ShadowReport
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&report); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("what answers at %s is not forward-auth's --admin-listen (%s)", admin, response.Status)
	}
	if a.json {
		err = term.PrintJSON(a.Stdout, &report)
	} else {
		_, err = io.WriteString(a.Stdout, shadowText(&report))
	}
	if err == nil && !report.Agree() {
		err = fail.WithStatus(fail.Findings, errors.New("the two do not agree, or no request was compared"))
	}
	return err
}

func shadowText(r *forward.ShadowReport) string {
	var b strings.Builder
	for _, line := range []struct {
		name string
		n    int64
	}{{"same", r.Same}, {"only Go", r.OnlyGo}, {"only Django", r.OnlyDjango}, {"another user", r.AnotherUser}, {"undecided", r.Undecided}} {
		fmt.Fprintf(&b, "%-12s  %d\n", line.name, line.n)
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(&b, "  %s: %d\n", reason, r.Reasons[reason])
	}
	return b.String()
}
