// Package whoami measures "who is this" end to end: a Go server that reads a session and its user, beside the same view of the same site in
// Django under gunicorn, on the same database and machine, in one run.
//
//	go test -run '^$' -bench . -benchtime 5x ./djsession/internal/whoami
//
// Each iteration asks all servers in turn, a quarter of a second at a time, so that whatever else the machine does falls on all of them. Sixteen
// clients keep asking; they speak just enough HTTP to leave the processors to the servers. There are two gunicorns, both with connections to the
// database that last: "sync" as gunicorn is by default, with as many workers as it recommends, and "threads", which also keeps the clients'
// connections. Metrics end in the server's name:
//
//	req/s    requests a second: the median of the iterations
//	p50-ms   what half of the requests did not exceed, in milliseconds; p99-ms: what 99 of 100 did not
//	cpu-us   processor time of the server's processes for a request, in microseconds, without the database's: steady on a busy machine
//	times    how many times as many requests Go answered
package whoami
