// Package longrequests shows who sends a request, and ends it with the session,
// where a request is not an http.Request or goes on for long: gRPC, Connect,
// websockets and server-sent events.
package longrequests
