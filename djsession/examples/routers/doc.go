// Package routers shows djsession under chi, gin, echo and fiber, and watched
// by Prometheus and OpenTelemetry. Each is some ten lines.
package routers
