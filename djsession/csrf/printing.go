package csrf

import (
	"fmt"
	"io"
)

// Format hides the cookies and the secret when a request's context, or the
// writer that a handler gets, is printed.
func (w *response) Format(f fmt.State, _ rune) {
	io.WriteString(f, "the context of a request with a CSRF token")
}
