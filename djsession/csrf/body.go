package csrf

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// peek reads at most limit bytes of a request's body, and reports whether that
// is all of it. It sets r.Body to one that begins again at the start. A body
// that breaks off is empty here, and breaks off for the handler too.
func peek(r *http.Request, limit int64) (start []byte, whole bool, err error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, true, nil
	}
	start, err = readAtMost(r.Body, limit, r.ContentLength)
	rest := io.Reader(r.Body)
	if err != nil {
		rest = failing{err}
	}
	r.Body = &rewound{bytes.NewReader(start), rest, r.Body}
	var tooLarge *http.MaxBytesError
	switch {
	case int64(len(start)) > limit:
		return start[:limit], false, nil
	case err == io.EOF:
		return start, true, nil
	case errors.As(err, &tooLarge):
		return nil, false, errTooLarge
	}
	return nil, true, nil
}

// readAtMost reads until an error, which io.EOF is too, or until it has more
// than limit bytes. Memory grows with what has arrived, not with what was
// announced.
func readAtMost(body io.Reader, limit, announced int64) ([]byte, error) {
	const usual = 4 << 10
	buffer := make([]byte, 0, min(limit, max(announced, 512), usual)+1)
	for int64(len(buffer)) <= limit {
		if len(buffer) == cap(buffer) {
			grown := make([]byte, len(buffer), min(2*int64(cap(buffer)), limit+1))
			copy(grown, buffer)
			buffer = grown
		}
		n, err := body.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if err != nil {
			return buffer, err
		}
	}
	return buffer, nil
}

// rewound is a body whose start was read before.
type rewound struct {
	start *bytes.Reader
	rest  io.Reader
	io.Closer
}

func (b *rewound) Read(p []byte) (int, error) {
	if b.start.Len() > 0 {
		return b.start.Read(p)
	}
	return b.rest.Read(p)
}

// failing ends as the body did.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
