// Package routers shows djsession under chi and gin, and watched by Prometheus and OpenTelemetry. Each is some ten lines.
package routers
