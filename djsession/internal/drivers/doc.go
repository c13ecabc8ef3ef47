// Package drivers runs tests of databases with the oldest drivers that are
// supported. All other tests have the newest, which go.mod names. It has tests
// only.
package drivers
