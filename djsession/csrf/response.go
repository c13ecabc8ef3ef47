package csrf

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
)

// response lets an exchange do its work just before the first byte leaves. What
// else a writer can do is reached by http.ResponseController.
type response struct {
	http.ResponseWriter
	exchange *exchange
}

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader sends the status; informational ones leave the response to come.
func (w *response) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.exchange.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	w.exchange.begin()
	return w.ResponseWriter.Write(p)
}

// WriteString implements io.StringWriter.
func (w *response) WriteString(s string) (int, error) {
	w.exchange.begin()
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom implements io.ReaderFrom, so that files still go straight from disk
// to the network.
func (w *response) ReadFrom(src io.Reader) (int64, error) {
	w.exchange.begin()
	return io.Copy(w.ResponseWriter, src)
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() }

// FlushError is for http.ResponseController.
func (w *response) FlushError() error {
	w.exchange.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.exchange.begin()
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// CloseNotify is for older code that asks for it without a look whether it is
// there, as gin does.
func (w *response) CloseNotify() <-chan bool {
	if n, ok := w.ResponseWriter.(interface{ CloseNotify() <-chan bool }); ok {
		return n.CloseNotify()
	}
	gone := make(chan bool, 1)
	context.AfterFunc(w.exchange, func() { gone <- true })
	return gone
}
