// Package tables measures what goes through a whole table of sessions: the command, its start included, beside the shortest scripts that do
// the same in Django. The tables are those of package manysessions, on SQLite and PostgreSQL, and half of the sessions have expired.
//
// DJSESSION_BENCH_ROWS is how large the largest table is: 10000 if it is not set. From a hundred thousand on it must be a power of ten. Django is
// asked up to a million, SQLite too.
package tables
