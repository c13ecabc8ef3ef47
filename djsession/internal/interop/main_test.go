package interop

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }
