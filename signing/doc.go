// Package signing is Django's signing: values with a keyed signature, an
// optional timestamp, and objects as compact text.
//
//	signed, err := signing.Dumps(map[string]any{"user": 42}, secretKey, nil)
//	value, err := signing.Loads(signed, secretKey, &signing.Options{MaxAge: time.Hour})
//
// Django 1.4 to 6.1 reads what this package signs, and this package reads what
// Django signs. Django up to 3.0 signs with SHA-1: see [Options].Algorithm and
// AcceptSHA1.
//
// # Security considerations
//
// Signed text is not secret: its reader needs no key. Use a salt of its own for
// each purpose, so that a text signed for one is not accepted for another.
// Signatures are compared in constant time. Errors never contain the expected
// signature: a program that shows its errors would sign for strangers.
// [Options].MaxSize limits the size of unpacked objects.
//
// Django: django.core.signing.
package signing
