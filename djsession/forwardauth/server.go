package forwardauth

import (
	"net/http"
	"time"
)

// NewServer returns a server for a handler, which speaks HTTP/1.1 and HTTP/2
// without TLS, as gRPC needs it, and with TLS if it is given certificates. Slow
// clients are cut off after 10 seconds, idle ones after 2 minutes.
func NewServer(h *Handler) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      h.opts.Timeout + 10*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10, // a browser sends up to some 80 KiB of cookies
	}
}
