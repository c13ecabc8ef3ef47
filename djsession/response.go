package djsession

import (
	"bufio"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
)

// response lets an exchange do its work just before the first byte leaves. If
// that fails, the error handler's answer is all that is sent.
// http.ResponseController reaches the other methods of the writer.
type response struct {
	http.ResponseWriter
	exchange *exchange
	before   http.Header // what was set by those around us
	began    bool
	failed   error
	saved    bool // by finish, for a handler that had written nothing
}

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader sends the status; informational ones leave the response to come.
func (w *response) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.begin(status)
		w.checkLate(status)
	}
	if w.failed == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *response) Write(p []byte) (int, error) {
	if w.begin(http.StatusOK); w.failed != nil {
		return 0, w.failed
	}
	return w.ResponseWriter.Write(p)
}

// WriteString implements io.StringWriter.
func (w *response) WriteString(s string) (int, error) {
	if w.begin(http.StatusOK); w.failed != nil {
		return 0, w.failed
	}
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom implements io.ReaderFrom, so that files still go straight from disk
// to the network.
func (w *response) ReadFrom(src io.Reader) (int64, error) {
	if w.begin(http.StatusOK); w.failed != nil {
		return 0, w.failed
	}
	return io.Copy(w.ResponseWriter, src)
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() }

// FlushError is for http.ResponseController.
func (w *response) FlushError() error {
	if w.begin(http.StatusOK); w.failed != nil {
		return w.failed
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker. The session is saved before; its cookie is
// in the header, for the new protocol's handshake.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.begin(http.StatusSwitchingProtocols); w.failed != nil {
		return nil, nil, w.failed
	}
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// CloseNotify is for older code that asks for it without a look whether it is
// there, as gin does. Where the server has none, the channel tells of the end
// of the request's context.
func (w *response) CloseNotify() <-chan bool {
	for rw := w.ResponseWriter; rw != nil; rw = unwrap(rw) {
		if n, ok := rw.(interface{ CloseNotify() <-chan bool }); ok {
			return n.CloseNotify()
		}
	}
	gone := make(chan bool, 1)
	context.AfterFunc(w.exchange, func() { gone <- true })
	return gone
}

// begin saves the session, once.
func (w *response) begin(status int) {
	if w.began {
		return
	}
	w.began = true
	x := w.exchange
	changed := x.guests.BeforeResponse(w.Header())
	if (changed || x.before.any() || x.concerned()) && bypassed(w.ResponseWriter) {
		x.commitBypassed(status)
		return
	}
	if w.failed = x.before.run(w.Header()); w.failed == nil {
		w.failed = x.commit(status, w.Header())
	}
	if w.failed == nil {
		return
	}
	x.report(w.failed)
	h := w.Header()
	clear(h)
	maps.Copy(h, w.before)
	x.manager.opts.ErrorHandler(w.ResponseWriter, x.request, w.failed)
}

// finish is for handlers that wrote nothing, and for changes that came too
// late.
func (w *response) finish() {
	s := &w.exchange.session
	if !w.began {
		w.begin(statusBelow(w.ResponseWriter))
		w.saved = w.failed == nil && s.wasStored()
	}
	s.close(w.exchange, w.failed == nil)
}

// checkLate reports a status that a router sends for a handler's error after
// finish has taken the request for a success.
func (w *response) checkLate(status int) {
	if w.saved && status >= 500 {
		w.saved = false
		w.exchange.report(errLateStatus)
	}
}
