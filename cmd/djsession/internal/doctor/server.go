package doctor

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// allowedSkew is how far apart clocks may be.
const allowedSkew = 5 * time.Second

// server looks at the server's clock and settings.
func (p *Patient) server(ctx context.Context, r *Report) error {
	switch p.Dialect {
	case sqldialect.PostgreSQL:
		p.postgres(ctx, r)
		p.rights(ctx, r)
		p.pooler(ctx, r)
		return p.clock(ctx, r, "SELECT EXTRACT(EPOCH FROM clock_timestamp())::float8")
	case sqldialect.MySQL:
		if err := p.clock(ctx, r, "SELECT UNIX_TIMESTAMP(SYSDATE(6)) + 0e0"); err != nil {
			return err
		}
		return p.mysql(ctx, r)
	}
	return p.sqlite(ctx, r)
}

// clock compares the server's with this machine's. It matters little by itself,
// because Django and djsession take their own, but a machine whose clock is off
// lets sessions live too long, or not long enough.
func (p *Patient) clock(ctx context.Context, r *Report, query string) error {
	before := time.Now()
	var seconds float64
	if err := p.DB.QueryRowContext(ctx, query).Scan(&seconds); err != nil {
		return sqldialect.WrapError(p.Dialect, "ask the time of", p.Table, err)
	}
	there, here := time.UnixMicro(int64(seconds*1e6)), before.Add(time.Since(before)/2)
	skew := there.Sub(here)
	if skew.Abs() > allowedSkew {
		direction := "ahead of"
		if skew < 0 {
			direction = "behind"
		}
		r.add("clock", Bad, fmt.Sprintf("the clock of the database server is %v %s this machine's", skew.Abs().Round(time.Second), direction),
			"one of the two is wrong: let both follow NTP, and the machines that Django runs on")
	} else {
		r.add("clock", Good, "the clocks of this machine and of the database server agree", "")
	}
	return nil
}

// postgres looks whether the server takes writes, in this transaction and at
// all.
func (p *Patient) postgres(ctx context.Context, r *Report) {
	var standby, readOnly bool
	err := p.DB.QueryRowContext(ctx, "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'").Scan(&standby, &readOnly)
	p.writable(r, standby, readOnly, err)
}

// rights looks whether the user may do with the table what a service does.
func (p *Patient) rights(ctx context.Context, r *Report) {
	name := p.quoted()
	var lacking []string
	for _, right := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
		var may bool
		if err := p.DB.QueryRowContext(ctx, "SELECT has_table_privilege($1, $2)", name, right).Scan(&may); err != nil {
			r.add("rights", Unknown, "the server does not say what this user may do with the table", "")
			return
		}
		if !may {
			lacking = append(lacking, right)
		}
	}
	if len(lacking) > 0 {
		what := strings.Join(lacking, ", ")
		r.add("rights", Note, "this user may not "+what+" in "+p.Table,
			"GRANT "+what+" ON "+name+" to the user of a service that logs in and out; one that only reads needs Options.ReadOnly and SELECT")
		return
	}
	r.add("rights", Good, "this user may read, insert, change and delete sessions", "")
}

// writable says whether the server is one to write to.
func (p *Patient) writable(r *Report, standby, readOnly bool, err error) {
	switch {
	case err != nil:
		r.add("standby", Unknown, "the server does not say whether it can be written to", "")
	case standby:
		r.add("standby", Bad, "the server is a standby: sessions can be read here, a moment late, but not written", "name the primary server in store, as the site's DATABASES does for writing")
	case readOnly:
		r.add("standby", Bad, "the server is set to read only: sessions cannot be written here", "name the server that is written to in store, or take default_transaction_read_only away from this user")
	default:
		r.add("standby", Good, "the server takes writes", "")
	}
}

func (p *Patient) mysql(ctx context.Context, r *Report) error {
	var mode, isolation string
	var packet int64
	var charset sql.NullString
	err := p.DB.QueryRowContext(ctx, "SELECT @@sql_mode, @@max_allowed_packet, @@transaction_isolation").Scan(&mode, &packet, &isolation)
	if err != nil { // MariaDB before 11.1
		err = p.DB.QueryRowContext(ctx, "SELECT @@sql_mode, @@max_allowed_packet, @@tx_isolation").Scan(&mode, &packet, &isolation)
	}
	if err != nil {
		return sqldialect.WrapError(p.Dialect, "ask for the settings of", p.Table, err)
	}
	var readOnly bool
	err = p.DB.QueryRowContext(ctx, "SELECT @@read_only").Scan(&readOnly)
	p.writable(r, false, readOnly, err)
	if !strings.Contains(mode, "STRICT_TRANS_TABLES") && !strings.Contains(mode, "STRICT_ALL_TABLES") {
		r.add("sql_mode", Bad, "MySQL is not strict: what is too long is cut without a word, and a session that is cut is lost", "add STRICT_TRANS_TABLES to sql_mode, as Django's check mysql.W002 says")
	} else {
		r.add("sql_mode", Good, "MySQL is strict", "")
	}
	if packet < 1<<20 {
		r.add("max_allowed_packet", Note, fmt.Sprintf("max_allowed_packet is %d: larger sessions are refused", packet), "set it to 16 MiB or more")
	}
	query := `SELECT character_set_name FROM information_schema.columns WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ? AND column_name = 'session_data'`
	if err := p.DB.QueryRowContext(ctx, query, p.Schema, p.Table).Scan(&charset); err != nil {
		return sqldialect.WrapError(p.Dialect, "look into", p.Table, err)
	}
	r.add("isolation", Good, fmt.Sprintf("new transactions are %s, session_data is %s: either will do", isolation, charset.String), "")
	return nil
}

func (p *Patient) sqlite(ctx context.Context, r *Report) error {
	var mode string
	if err := p.DB.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return sqldialect.WrapError(p.Dialect, "ask for the settings of", p.Table, err)
	}
	if mode != "wal" {
		r.add("journal_mode", Note, "the journal mode of the database is "+mode+": readers hold up writers, and the other way round",
			"with a Go program beside Django, PRAGMA journal_mode = wal once; it stays")
	} else {
		r.add("journal_mode", Good, "the database has a write-ahead log: readers hold up no writer", "")
	}
	return nil
}
