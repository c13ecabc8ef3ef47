package routers

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/metrics"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	m.Run()
}

// browse asks a handler three times, with a browser's memory for cookies.
func browse(t *testing.T, h http.Handler) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)
	for _, want := range []string{"visit 1", "visit 2", "visit 3"} {
		resp, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != want || resp.Header.Get("Vary") != "Cookie" {
			t.Errorf("got %d %q, Vary %q; want %q", resp.StatusCode, body, resp.Header.Get("Vary"), want)
		}
	}
}

var routers = map[string]func(*djsession.Manager) http.Handler{"chi": Chi, "gin": Gin, "echo": Echo, "fiber": fiberHandler}

func fiberHandler(m *djsession.Manager) http.Handler { return adaptor.FiberApp(Fiber(m)) }

func TestRouters(t *testing.T) {
	for name, router := range routers {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			browse(t, router(djsession.NewManager(memstore.New(nil), logTo(&log))))
			if log.Len() > 0 {
				t.Errorf("logged %s", log.String())
			}
		})
	}
}

func logTo(log *bytes.Buffer) *djsession.Options {
	return &djsession.Options{Logger: slog.New(slog.NewTextHandler(log, nil))}
}

// A gin that streams asks its writer for more than http.ResponseWriter has, and
// panics if it is not there.
func TestGinStreams(t *testing.T) {
	r := gin.New()
	r.GET("/", func(c *gin.Context) {
		session, err := djsession.FromRequest(c.Request)
		if err != nil {
			t.Error(err)
		}
		session.Set("a", 1)
		left := 3
		c.Stream(func(w io.Writer) bool {
			left--
			io.WriteString(w, "x")
			return left > 0
		})
	})
	server := httptest.NewServer(djsession.NewManager(memstore.New(nil), nil).Handler(r))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "xxx" || err != nil || len(resp.Cookies()) != 1 {
		t.Errorf("got %q, %v, cookies %v", body, err, resp.Cookies())
	}
}

// downStore cannot be reached.
type downStore struct{ djsession.Store }

func (downStore) Load(context.Context, string) (*djsession.Record, error) {
	return nil, djsession.ErrUnavailable
}

func TestRoutersWithoutAStore(t *testing.T) {
	for name, router := range routers {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: djsession.NewKey()})
		w := httptest.NewRecorder()
		var log bytes.Buffer
		router(djsession.NewManager(downStore{}, logTo(&log))).ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable || strings.Count(log.String(), "level=ERROR") != 1 {
			t.Errorf("%s: got %d, logged %q", name, w.Code, log.String())
		}
	}
}

func TestPrometheus(t *testing.T) {
	latency := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "djsession_store_operation_duration_seconds"}, []string{"op", "outcome"})
	browse(t, Chi(djsession.NewManager(memstore.New(nil), &djsession.Options{Observe: Prometheus(latency)})))
	if n := testutil.CollectAndCount(latency); n != 3 { // create ok, load ok, update ok
		t.Errorf("%d series", n)
	}
}

// TestMetricsText: Prometheus's own parser reads what package metrics writes.
func TestMetricsText(t *testing.T) {
	m := metrics.New(nil)
	browse(t, Chi(djsession.NewManager(memstore.New(nil), &djsession.Options{Observe: m.Observe})))
	m.Check(t.Context(), "ok")
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(&text)
	if err != nil {
		t.Fatal(err)
	}
	store := families["djsession_store_operation_duration_seconds"]
	if len(families) < 4 || len(store.GetMetric()) != 3 || store.GetMetric()[0].GetHistogram().GetSampleCount() == 0 {
		t.Errorf("read %v", families)
	}
}

func TestOpenTelemetry(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	tracer := trace.NewTracerProvider(trace.WithSpanProcessor(spans)).Tracer("test")
	browse(t, Chi(djsession.NewManager(memstore.New(nil), &djsession.Options{Observe: OpenTelemetry(tracer)})))
	var names []string
	for _, s := range spans.Ended() {
		names = append(names, s.Name())
		if s.EndTime().Before(s.StartTime()) {
			t.Errorf("%s ends before it begins", s.Name())
		}
	}
	if len(names) != 5 || names[0] != "djsession.store.create" || names[1] != "djsession.store.load" || names[2] != "djsession.store.update" {
		t.Errorf("spans %q", names)
	}
}
