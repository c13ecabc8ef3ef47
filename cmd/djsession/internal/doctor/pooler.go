package doctor

import (
	"context"
	"database/sql"
	"errors"
)

// poolerTries is how often two connections are compared: a pooler has several
// of its own to hand out.
const poolerTries = 4

// pooler looks whether a pooler hands out its connections for a transaction
// each. Two connections that are open at the same time have different servers'
// processes behind them, unless such a pooler gives both the same.
func (p *Patient) pooler(ctx context.Context, r *Report) {
	shared, err := p.sharesProcess(ctx)
	switch {
	case err != nil:
		r.add("pooler", Unknown, "the server does not say whether a pooler stands before it", "")
	case shared:
		r.add(
			"pooler",
			Note,
			"a pooler stands before the server, and hands out its connections for a transaction each",
			"a Go service needs no setting for it; set server_login_retry of PgBouncer to 1, which otherwise tries again 15 seconds after an outage",
		)
	default:
		r.add("pooler", Good, "no pooler shares connections among clients, as far as can be seen", "")
	}
}

func (p *Patient) sharesProcess(ctx context.Context) (shared bool, err error) {
	var conns [2]*sql.Conn
	for i := range conns {
		conn, err := p.DB.Conn(ctx)
		if err != nil {
			return false, err
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		conns[i] = conn
	}
	for range poolerTries {
		var pids [2]int
		for i, conn := range conns {
			// Without parameters nothing is prepared.
			if err := conn.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pids[i]); err != nil {
				return false, err
			}
		}
		if pids[0] == pids[1] {
			return true, nil
		}
	}
	return false, nil
}
