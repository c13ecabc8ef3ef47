// Package tables measures what goes through a whole table of sessions: the
// command, its start included, beside the shortest scripts that do the same in
// Django. The tables are those of package manysessions, on SQLite and
// PostgreSQL, and half of the sessions have expired.
//
// There is a table of each power of ten from 10000 up to DJSESSION_BENCH_ROWS,
// or of 10000 alone if that is not set. Django is asked up to a million, SQLite
// too.
package tables
