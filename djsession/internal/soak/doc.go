// Package soak holds a test that runs two Go services and a Django on the same
// sessions, kills their servers now and then, and checks everything that a
// browser sees against what it was told before:
//
//   - A logout is never undone.
//   - An outage is never a logout.
//   - What was acknowledged stands.
//
// go test runs it for seconds, make soak for ten minutes.
package soak
