// Package failover lets clients loose on a Go service while its database fails
// over, restarts, turns read-only or loses its connections. Whatever the
// service acknowledged must be there afterwards, no client may be logged out or
// be another one, and the service must recover by itself. It has tests only.
package failover
