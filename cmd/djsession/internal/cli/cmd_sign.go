package cli

import (
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
	"github.com/djsession/djsession-go/signing"
)

// signFlags say which of Django's signers it is.
type signFlags struct {
	salt, sep         string
	timestamp, object bool
	cookie            string
	oldSalt           bool
	sha1, compress    bool
	maxAge            string
}

func (f *signFlags) flags(flags *pflag.FlagSet) {
	flags.StringVar(&f.salt, "salt", "", "the signer's salt: the `TEXT` in Signer(salt=...) (default the name of the class, as in Django)")
	flags.StringVar(&f.sep, "sep", ":", "the `CHARACTER` between value and signature")
	flags.BoolVar(&f.timestamp, "timestamp", false, "it is TimestampSigner's: with the time")
	flags.BoolVar(&f.object, "object", false, "it is signing.dumps's: JSON in base64, with the time")
	flags.StringVar(&f.cookie, "cookie", "", "it is the value of the cookie `NAME`, as set_signed_cookie signs it")
}

// cookieSigner takes both forms of the salt.
func (f *signFlags) cookieSigner(key string, opts *signing.Options) *signing.CookieSigner {
	form := signing.CookieSaltBoth
	if f.oldSalt {
		form = signing.CookieSaltV1
	}
	return signing.NewCookieSigner(key, f.cookie, form, opts)
}

func (f *signFlags) options(s *settings.Site) *signing.Options {
	opts := &signing.Options{Salt: f.salt, Sep: f.sep, Fallbacks: s.Fallbacks, Compress: f.compress, Now: s.Now}
	if f.sha1 {
		opts.Algorithm, opts.AcceptSHA1 = signing.SHA1, true
	}
	return opts
}

// signer is what both commands need.
func (a *app) signer(args []string, what string) (*settings.Site, string, error) {
	s, err := a.settings()
	if err != nil {
		return nil, "", err
	}
	if s.SecretKey == "" {
		return nil, "", fail.ErrNoKey
	}
	text, err := a.argument(args, what)
	return s, text, err
}

func (a *app) signCommand() *cobra.Command {
	var f signFlags
	cmd := &cobra.Command{
		Use:     "sign [TEXT]",
		GroupID: groupText,
		Short:   "Sign a text as django.core.signing does",
		Long: `Sign prints a text with its signature, as Signer(salt=SALT).sign(TEXT) does in Django; with --timestamp as TimestampSigner does,
and with --object as signing.dumps does, where TEXT is JSON. With --cookie it is a value for set_signed_cookie, before it is quoted.
Without TEXT it is read from stdin.`,
		Example: `  djsession sign hello
  djsession sign --cookie seen --salt shop yes
  djsession sign --object --salt reset '{"user": 2}'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, text, err := a.signer(args, "text")
			if err != nil {
				return err
			}
			signed, err := f.sign(s, text)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.Stdout, signed)
			return err
		},
	}
	f.flags(cmd.Flags())
	cmd.Flags().BoolVar(&f.compress, "compress", false, "with --object, compress where that is shorter")
	cmd.Flags().BoolVar(&f.sha1, "sha1", false, "sign as Django up to 3.0 does")
	cmd.Flags().BoolVar(&f.oldSalt, "old-salt", false, "with --cookie, sign as Django before 5.2.15 and 6.0.6 does")
	cmd.MarkFlagsMutuallyExclusive("cookie", "object", "timestamp")
	return cmd
}

func (f *signFlags) sign(s *settings.Site, text string) (string, error) {
	opts := f.options(s)
	switch {
	case f.cookie != "":
		return f.cookieSigner(s.SecretKey, opts).Sign(text)
	case f.object:
		value, err := values.ParseJSON(text)
		if err != nil {
			return "", err
		}
		return signing.Dumps(value, s.SecretKey, opts)
	case f.timestamp:
		return signing.NewTimestampSigner(s.SecretKey, opts).Sign(text)
	}
	return signing.NewSigner(s.SecretKey, opts).Sign(text)
}

func (a *app) unsignCommand() *cobra.Command {
	var f signFlags
	cmd := &cobra.Command{
		Use:     "unsign [TEXT]",
		GroupID: groupText,
		Short:   "Verify what django.core.signing signed",
		Long: `Unsign verifies a signed text and prints the value in it: of Signer; with --timestamp, of TimestampSigner; with --object, of
signing.dumps, as JSON; with --cookie, of set_signed_cookie, in every form of its salt. Without TEXT it is read from stdin. Fallback keys are good, too, and so are SHA-1 signatures with --sha1.

--json prints {"value", "signed_at"}. The exit status is 4 if the signature is not valid, and 3 if it is older than --max-age.`,
		Example: `  djsession sign --timestamp hello | djsession unsign --timestamp --max-age 1h
  djsession sign --object '[1, 2]' | djsession unsign --object --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.unsign(&f, args) },
	}
	f.flags(cmd.Flags())
	cmd.Flags().BoolVar(&f.sha1, "sha1", false, "take signatures of Django up to 3.0")
	cmd.MarkFlagsMutuallyExclusive("cookie", "object", "timestamp")
	cmd.Flags().StringVar(&f.maxAge, "max-age", "", "refuse what is older than a `TIME`, such as 1h or 14d")
	return cmd
}

func (a *app) unsign(f *signFlags, args []string) error {
	s, text, err := a.signer(args, "signed text")
	if err != nil {
		return err
	}
	opts := f.options(s)
	opts.Algorithm = signing.SHA256
	if f.maxAge != "" {
		if !f.timestamp && !f.object && f.cookie == "" {
			return fail.Usagef("--max-age needs --timestamp, --object or --cookie: without them there is no time in it")
		}
		if opts.MaxAge, err = human.ParseAge(f.maxAge); err != nil {
			return err
		}
		if opts.MaxAge == 0 {
			opts.MaxAge = signing.ZeroMaxAge
		}
	}
	var value any
	var at time.Time
	switch {
	case f.cookie != "":
		text, _ = djsession.CookieValue(http.Header{"Cookie": {f.cookie + "=" + text}}, f.cookie) // without quotes
		value, at, err = f.cookieSigner(s.SecretKey, opts).Unsign(text)
	case f.object:
		if opts.Salt == "" {
			opts.Salt = "django.core.signing"
		}
		var payload signing.Payload
		if payload, err = signing.NewTimestampSigner(s.SecretKey, opts).UnsignPayload(text); err == nil {
			value, at = pyjson.Raw(payload.Text), payload.SignedAt
			if !pyjson.Valid(payload.Text) {
				return fmt.Errorf("the signature is good, but it holds no JSON: %w", signing.ErrMalformed)
			}
		}
	case f.timestamp:
		value, at, err = signing.NewTimestampSigner(s.SecretKey, opts).Unsign(text)
	default:
		value, err = signing.NewSigner(s.SecretKey, opts).Unsign(text)
	}
	if err != nil {
		return unsignHint(err)
	}
	if a.json {
		j := struct {
			Value    any     `json:"value"`
			SignedAt *string `json:"signed_at"`
		}{Value: value}
		if !at.IsZero() {
			j.SignedAt = utc(at)
		}
		return term.PrintJSON(a.Stdout, j)
	}
	_, err = fmt.Fprintln(a.Stdout, value)
	return err
}

// unsignHint knows what one gets wrong with signers.
func unsignHint(err error) error {
	if fail.StatusOf(err) != fail.BadSignature {
		return err
	}
	return fail.Hint(err, "the key and --salt must be those that it was signed with, and so must --timestamp, --object, --cookie and --sha1")
}
