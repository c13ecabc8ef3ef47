package forwardauth

// CacheLen is how many cookies are remembered.
func (h *Handler) CacheLen() int {
	h.cache.mu.Lock()
	defer h.cache.mu.Unlock()
	return len(h.cache.entries)
}

// ParseCheckRequest is for the fuzz test.
func ParseCheckRequest(b []byte) error {
	_, err := parseCheckRequest(b)
	return err
}

// What tests write messages with.
var (
	Message = message
	Fields  = func(b []byte, visit func(number uint64, content []byte)) error {
		return fields(b, func(f field) error { visit(f.number, f.content); return nil })
	}
)
