// Package tokens makes and checks the tokens in Django's links by mail: those
// that reset a password, and those of a site's own generators, such as for the
// verification of an address. A link that Go sent can be followed on a Django
// page, and the other way round.
//
//	resets := tokens.New(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	token, err := resets.Make(user)
//	link := "https://example.com/reset/" + tokens.EncodeUID(user.ID) + "/" + token + "/"
//
// Nothing is stored: a token is a time and a MAC over it, the user's id,
// password hash, last login and email address. When one of those changes, all
// tokens of the user end. The page that a link leads to is for
// [Generator.Confirm], and who gets one for UsersByEmail of package dbusers.
//
// A link must begin with the site's own address, never with the Host of the
// request that asked for it: a client may send any Host, and the token would go
// to that site.
//
// # The site's time zone
//
// Django counts the time of a token from its wall clock, and reads the last
// login in the zone of its database. A site with another TIME_ZONE than UTC
// needs Options.TimeZone, or its tokens end hours too early or too late. One
// with USE_TZ = False needs Options.LastLoginZone too, or no token of a user
// who has logged in before is accepted.
//
// # Older Djangos
//
// Django 4.0 and later take the defaults. Django 1.11 to 3.0 need Options.Days.
// Django 3.1 and 3.2 also take tokens under SHA-1, with Options.AcceptSHA1, and
// write such ones with DEFAULT_HASHING_ALGORITHM = "sha1", which is
// Options.Algorithm = signing.SHA1.
//
// # Limits
//
// Any client that has a token can use it until it ends. As in Django a token
// may be from the future, by a clock that is ahead, and an inactive user's
// token is good too: setting a password is not a login.
//
// Django: django.contrib.auth.tokens.
package tokens
