// Package signing is Django's signing: values with a keyed signature, an
// optional timestamp, and objects as compact text.
//
//	signed, err := signing.Dumps(map[string]any{"user": 42}, secretKey, nil)
//	value, err := signing.Loads(signed, secretKey, &signing.Options{MaxAge: time.Hour})
//
// What is signed here, Django reads, and the other way round, from Django 1.4
// to 6.1. Django up to 3.0 signs with SHA-1: see [Options].Algorithm and
// AcceptSHA1.
//
// # Security considerations
//
// Signed text is not secret: anybody can read it. Use a salt of its own for
// each purpose, so that what was signed for one is not taken for another.
// Signatures are compared in constant time. Errors never contain the expected
// signature, which would make whoever shows them a signer for strangers. What
// is unpacked is bounded by [Options].MaxSize.
//
// Django: django.core.signing.
package signing
