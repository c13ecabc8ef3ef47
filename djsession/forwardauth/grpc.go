package forwardauth

import (
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkMethod is the one method of Envoy's service.
const checkMethod = "/envoy.service.auth.v3.Authorization/Check"

// maxMessage is the size in bytes of the largest CheckRequest that is read.
// Headers are most of it: a body, with_request_body, need not be sent.
const maxMessage = 1 << 20

// The codes of gRPC that are used.
const (
	codeOK                = 0
	codeInvalidArgument   = 3
	codePermissionDenied  = 7
	codeResourceExhausted = 8
	codeUnimplemented     = 12
	codeUnavailable       = 14
	codeUnauthenticated   = 16
)

// A grpcError ends a call without a message.
type grpcError struct {
	code int
	text string
}

func (e *grpcError) Error() string { return e.text }

// serveGRPC answers one call.
func (h *Handler) serveGRPC(w http.ResponseWriter, r *http.Request) {
	isGRPC := strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc")
	if r.ProtoMajor != 2 || r.Method != http.MethodPost || !isGRPC {
		http.Error(w, "This is a gRPC service for Envoy's ext_authz.", http.StatusUnsupportedMediaType)
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	start := time.Now()
	q, err := h.grpcQuestion(r)
	if failed, ok := errors.AsType[*grpcError](err); ok {
		a := answer{status: http.StatusBadRequest, reason: "bad request", err: err}
		h.report(r.Context(), nil, &a, start)
		endCall(w, failed.code, failed.text)
		return
	}
	var a answer
	if err != nil {
		a = h.badRequest(err)
	} else {
		a = h.answer(r.Context(), q)
	}
	h.report(r.Context(), q, &a, start)
	response := h.checkResponse(&a)
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(response)))
	_, _ = w.Write(append(frame, response...)) // a client that has gone away needs no answer
	endCall(w, codeOK, "")
}

// endCall writes the trailers.
func endCall(w http.ResponseWriter, code int, text string) {
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", strconv.Itoa(code))
	if text != "" {
		w.Header().Set(http.TrailerPrefix+"Grpc-Message", text)
	}
}

// grpcQuestion reads a call: a byte that says whether the message is
// compressed, its length in four, and the message.
func (h *Handler) grpcQuestion(r *http.Request) (*question, error) {
	switch {
	case !h.trusts(r):
		return nil, &grpcError{codePermissionDenied, errUntrusted.Error()}
	case r.URL.Path != checkMethod:
		return nil, &grpcError{codeUnimplemented, "the only method is " + checkMethod}
	}
	var prefix [5]byte
	if _, err := io.ReadFull(r.Body, prefix[:]); err != nil {
		return nil, &grpcError{codeInvalidArgument, "the call has no message"}
	}
	size := binary.BigEndian.Uint32(prefix[1:])
	switch {
	case prefix[0] != 0:
		return nil, &grpcError{codeUnimplemented, "messages must not be compressed"}
	case size > maxMessage:
		return nil, &grpcError{codeResourceExhausted, "the message is larger than 1 MiB: leave out with_request_body"}
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, int64(size))) // which does not take the memory before it is there
	if err != nil || len(text) != int(size) {
		return nil, &grpcError{codeInvalidArgument, "the message is shorter than it says"}
	}
	c, err := parseCheckRequest(text)
	if err != nil {
		return nil, &grpcError{codeInvalidArgument, err.Error()}
	}
	return h.questionOf(c)
}

func (h *Handler) questionOf(c *checkRequest) (*question, error) {
	q := &question{
		endpoint: defaultEndpoint, header: c.header,
		method: c.method, scheme: c.scheme, host: c.host, uri: c.path,
	}
	if path, ok := c.extensions["endpoint"]; ok {
		q.endpoint = path
	}
	if _, ok := h.opts.Endpoints[q.endpoint]; !ok {
		return q, errEndpoint
	}
	if q.scheme == "" {
		q.scheme = "https"
	}
	return q, q.check()
}

// checkResponse is an answer as a CheckResponse. Each identity header that is
// not set is taken out of the client's request.
func (h *Handler) checkResponse(a *answer) []byte {
	switch a.status {
	case http.StatusOK:
		var parts [][]byte
		for _, name := range h.names {
			if value := a.header.Get(name); value != "" {
				parts = append(parts, message(2, headerOption(strings.ToLower(name), value)))
			} else {
				parts = append(parts, message(5, []byte(strings.ToLower(name))))
			}
		}
		return slices.Concat(status(codeOK), message(3, parts...))
	case http.StatusServiceUnavailable:
		// Envoys before error_response find a denial without a response: a 403.
		return slices.Concat(status(codeUnavailable), message(5, h.httpResponse(a)...))
	case http.StatusFound, http.StatusUnauthorized:
		return slices.Concat(status(codeUnauthenticated), message(2, h.httpResponse(a)...))
	}
	return slices.Concat(status(codePermissionDenied), message(2, h.httpResponse(a)...))
}

func status(code uint64) []byte { return message(1, number(1, code)) }

// httpResponse is what a DeniedHttpResponse holds: status, headers and body.
func (h *Handler) httpResponse(a *answer) [][]byte {
	parts := [][]byte{message(1, number(1, uint64(a.status)))}
	header := http.Header{"Cache-Control": {"no-store"}, "Content-Type": {"text/plain; charset=utf-8"}}
	for name, values := range a.header {
		header[name] = values
	}
	if h.opts.TellReason {
		header.Set("X-Auth-Reason", a.reason)
	}
	for name, values := range header {
		parts = append(parts, message(2, headerOption(strings.ToLower(name), values[0])))
	}
	return append(parts, message(3, []byte(text(a.status))))
}
