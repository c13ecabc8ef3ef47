package routers

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/djsession/djsession-go/djsession"
)

// Prometheus is an Options.Observe that measures each call of the store;
// latency has the labels op and outcome, and the name
// djsession_store_operation_duration_seconds if it is to be that of package
// metrics, which needs no client library.
func Prometheus(latency *prometheus.HistogramVec) func(context.Context, djsession.Event) {
	return func(_ context.Context, e djsession.Event) {
		latency.WithLabelValues(e.Op, e.Outcome()).Observe(e.Duration.Seconds())
	}
}

// OpenTelemetry is an Options.Observe that makes a span of each call of the
// store, below that of the request.
func OpenTelemetry(tracer trace.Tracer) func(context.Context, djsession.Event) {
	return func(ctx context.Context, e djsession.Event) {
		_, span := tracer.Start(ctx, "djsession.store."+e.Op, trace.WithTimestamp(e.Start), trace.WithAttributes(attribute.String("outcome", e.Outcome())))
		if outcome := e.Outcome(); outcome == "unavailable" || outcome == "error" {
			span.SetStatus(codes.Error, outcome)
		}
		span.End(trace.WithTimestamp(e.Start.Add(e.Duration)))
	}
}
