package sqldb

import "context"

// large is how many bytes make the parameters of a statement large, and
// largeAtOnce how many such statements are sent at once. A driver copies
// parameters several times; a statement that waits for its turn is not copied
// yet.
const (
	large       = 256 << 10
	largeAtOnce = 4
)

// turn waits until a statement with these parameters may be sent, and returns
// whether it must be given back by <-db.larges.
func (db *DB) turn(ctx context.Context, args []any) (taken bool, err error) {
	size := 0
	for _, arg := range args {
		if text, ok := arg.(string); ok {
			size += len(text)
		}
	}
	if size < large {
		return false, nil
	}
	select {
	case db.larges <- struct{}{}:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
