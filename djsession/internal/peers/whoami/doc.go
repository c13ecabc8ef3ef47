// Package whoami measures "who is this" end to end: a Go server that reads a
// session and its user, beside the same view of the same site in Django under
// gunicorn, on the same database and machine.
//
// Sixteen clients keep asking, half a second at a time; they speak just enough
// HTTP to leave the processors to the servers. There are two gunicorns, both
// with connections to the database that last: "sync" as gunicorn is by default,
// with as many workers as it recommends, and "threads", which also keeps the
// clients' connections. Beside the time that passes for each request:
//
//	p50  what half of the requests did not exceed; p99: what 99 of 100 did not
//	cpu  processor time of the server's processes for a request, without the database's: steady on a busy machine
package whoami
