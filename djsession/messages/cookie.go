package messages

import (
	"crypto/subtle"
	"encoding/hex"
	"sort"
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/pycookie"
	"github.com/djsession/djsession-go/signing"
)

const (
	cookieName = "messages"
	cookieSalt = "django.contrib.messages"

	// maxCookie is how long the cookie's value may be, in quotes if it needs
	// them. Django: CookieStorage.max_cookie_size.
	maxCookie = 2048

	// maxUnpacked bounds the list in a cookie.
	maxUnpacked = 1 << 20
)

// A cookieCodec is lists of messages <-> values of the cookie.
type cookieCodec struct {
	layout Layout
	write  *signing.TimestampSigner
	read   *signing.TimestampSigner
	hex    []*signing.MAC // of Django up to 3.0, for the current key and the fallbacks
}

func newCookieCodec(secretKey string, o *Options) cookieCodec {
	opts := signing.Options{Salt: cookieSalt, Compress: true, Fallbacks: o.Fallbacks, MaxSize: maxUnpacked, Now: o.Now}
	key, signer := signing.CookieKey(secretKey, &opts)
	c := cookieCodec{layout: o.Layout}
	signer.Algorithm = o.Algorithm
	c.write = signing.NewTimestampSigner(key, signer)
	signer.Algorithm, signer.AcceptSHA1 = signing.SHA256, true
	c.read = signing.NewTimestampSigner(key, signer)
	for _, key := range append([]string{secretKey}, o.Fallbacks...) {
		if key != "" {
			c.hex = append(c.hex, signing.NewMAC(cookieSalt, key, signing.SHA1))
		}
	}
	return c
}

// encode returns the value for a list. The error is signing.ErrNoKey.
func (c *cookieCodec) encode(list string) (string, error) {
	switch c.layout {
	case LayoutDjango32:
		return c.write.SignPayload([]byte(list))
	case LayoutDjango31:
		return c.write.Sign(list)
	}
	if len(c.hex) == 0 {
		return "", signing.ErrNoKey
	}
	return hex.EncodeToString(c.hex[0].Append(nil, list)) + "$" + list, nil
}

// decode returns the list in a value, whichever Django has written it, or false
// if its signature is not valid.
func (c *cookieCodec) decode(value string) (list string, ok bool) {
	if mac, text, found := strings.Cut(value, "$"); found && len(mac) == 2*20 {
		return text, c.verifyHex(mac, text)
	}
	if strings.HasPrefix(value, "[") { // of Django 3.1: no base64 begins like that
		list, _, err := c.read.Unsign(value)
		return list, err == nil && len(list) <= maxUnpacked
	}
	p, err := c.read.UnsignPayload(value)
	return p.Text, err == nil
}

func (c *cookieCodec) verifyHex(mac, text string) bool {
	for _, key := range c.hex {
		if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(key.Append(nil, text))), []byte(mac)) == 1 {
			return true
		}
	}
	return false
}

// fit returns the value of a cookie that holds as many elements as there is
// room for, and how many these are: the first ones, or the last ones. A list
// that lacks some ends with a mark.
func (c *cookieCodec) fit(texts []string, newest bool) (value string, n int, err error) {
	value, err = c.encode(listOf(texts))
	if err != nil || fits(value) {
		return value, len(texts), err
	}
	some := func(n int) string {
		part := texts[:n]
		if newest {
			part = texts[len(texts)-n:]
		}
		var value string
		value, err = c.encode(listOf(append(part[:n:n], `"`+notFinished+`"`)))
		return value
	}
	n = sort.Search(len(texts)-1, func(i int) bool { return !fits(some(i + 1)) })
	return some(n), n, err
}

func fits(value string) bool { return len(pycookie.Quote(value)) <= maxCookie }
