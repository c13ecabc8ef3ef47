package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

func (a *app) probeCommand() *cobra.Command {
	var upstream, headers, cookieFile string
	cmd := &cobra.Command{
		Use:   "probe URL",
		Short: "See whether a client's identity headers get through a proxy",
		Long: `Probe takes the place of the application behind a proxy and sends requests through the proxy, to URL, with identity headers of
its own: as they are, in small letters, with underscores and dots, twice, and named in Connection. Then it says what reached the
application. Point the proxy's upstream at --upstream meanwhile, never on a site in use.

Requests must pass for that: --cookie-file holds the cookie of a session that may, as sessionid=...; without it only what passes
without a login is seen.

--json prints a list of {"sent", "reached", "status", "bad"}, where "bad" is "" if nothing is wrong. The exit status is 5 if
something is, or nothing reached the application.`,
		Example: `  djsession forward-auth probe http://127.0.0.1:1/ --upstream 127.0.0.1:0 || echo 'the proxy does not answer'`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.probe(cmd.Context(), args[0], upstream, headers, cookieFile)
		},
	}
	cmd.Flags().StringVar(&upstream, "upstream", "127.0.0.1:3000", "`HOST:PORT` to which the proxy passes requests on: probe listens there")
	cmd.Flags().StringVar(&headers, "headers", "auth-request", "the `NAMES` of identity headers, as of forward-auth")
	cmd.Flags().StringVar(&cookieFile, "cookie-file", "", "`FILE` with the cookie of a session that may pass")
	return cmd
}

func (a *app) probe(ctx context.Context, page, upstream, headers, cookieFile string) error {
	through, err := url.Parse(page)
	if err != nil || through.Host == "" || through.Scheme != "http" && through.Scheme != "https" {
		return fail.Usagef("the URL of the page must begin with http:// or https://")
	}
	if !strings.HasSuffix(through.Path, "/") {
		through.Path += "/"
	}
	var names forwardauth.Headers
	if names, err = forward.ParseHeaders(headers); err != nil {
		return fail.AsUsage(fmt.Errorf("--headers: %w", err))
	}
	p := &forward.Probe{Through: through, Names: names.Names()}
	if cookieFile != "" {
		text, err := os.ReadFile(cookieFile)
		if err != nil {
			return fail.File("read the cookie", err)
		}
		if p.Cookie = strings.TrimSpace(string(text)); strings.ContainsAny(p.Cookie, "\r\n") || !strings.Contains(p.Cookie, "=") {
			return fail.Usagef("%s must hold one line, sessionid=...", cookieFile)
		}
	}
	if p.Upstream, err = forward.Listen(upstream); err != nil {
		return err
	}
	defer p.Upstream.Close()
	findings, err := p.Run(ctx)
	if err != nil {
		return err
	}
	return a.printProbe(findings)
}

func (a *app) printProbe(findings []forward.ProbeFinding) error {
	reached, bad := 0, 0
	var b strings.Builder
	for _, f := range findings {
		what := "fine"
		switch {
		case f.Bad != "":
			bad++
			what = "BAD: " + f.Bad
		case !f.Reached:
			what = fmt.Sprintf("the proxy answered %d", f.Status)
		}
		if f.Reached {
			reached++
		}
		fmt.Fprintf(&b, "%-45s  %s\n", f.Sent, what)
	}
	var err error
	if a.json {
		err = term.PrintJSON(a.Stdout, findings)
	} else {
		_, err = a.Stdout.Write([]byte(b.String()))
	}
	switch {
	case err != nil:
		return err
	case bad > 0:
		return fail.WithStatus(fail.Findings, fail.Hint(fmt.Errorf("%d of %d got through", bad, len(findings)),
			"'djsession forward-auth --print-config' prints configurations that refuse them"))
	case reached == 0:
		return fail.WithStatus(fail.Findings, fail.Hint(errors.New("no request reached --upstream, so nothing was seen"),
			"point the proxy there, and give --cookie-file the cookie of a session that may pass"))
	}
	return nil
}
