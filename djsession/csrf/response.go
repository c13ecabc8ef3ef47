package csrf

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
)

// response is the exchange of a request that no Manager.Handler has seen. It is
// the request's context too, and lets the exchange do its work just before the
// first byte leaves. http.ResponseController reaches the other methods of the
// writer.
type response struct {
	context.Context
	http.ResponseWriter
	exchange exchange
}

// serveAlone serves a request with a context and a writer of our own.
func (p *Protection) serveAlone(next http.Handler, w http.ResponseWriter, r *http.Request) {
	alone := &response{Context: r.Context(), ResponseWriter: w}
	known := r.WithContext(alone)
	alone.exchange.protection, alone.exchange.request = p, known
	defer func() { r.MultipartForm = known.MultipartForm }() // whose files the server removes
	alone.exchange.serve(next, alone, known)
	alone.begin()
}

// Value is that of the exchange or of the context.
func (w *response) Value(key any) any {
	if v := w.exchange.Value(key); v != nil {
		return v
	}
	return w.Context.Value(key)
}

func (w *response) begin() { w.exchange.BeforeResponse(w.Header()) }

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader sends the status; informational ones leave the response to come.
func (w *response) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(p)
}

// WriteString implements io.StringWriter.
func (w *response) WriteString(s string) (int, error) {
	w.begin()
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom implements io.ReaderFrom, so that files still go straight from disk
// to the network.
func (w *response) ReadFrom(src io.Reader) (int64, error) {
	w.begin()
	return io.Copy(w.ResponseWriter, src)
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() }

// FlushError is for http.ResponseController.
func (w *response) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// CloseNotify is for older code that asks for it without a look whether it is
// there, as gin does.
func (w *response) CloseNotify() <-chan bool {
	if n, ok := w.ResponseWriter.(interface{ CloseNotify() <-chan bool }); ok {
		return n.CloseNotify()
	}
	gone := make(chan bool, 1)
	context.AfterFunc(w.Context, func() { gone <- true })
	return gone
}
