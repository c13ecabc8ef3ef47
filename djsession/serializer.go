package djsession

// A Serializer is the form of a session's payload: what SESSION_SERIALIZER
// names. It must be safe for concurrent use.
//
// Loads must keep what it does not understand, as [RawValue] values or in
// Data.Rest, so that Dumps writes it back unchanged.
type Serializer interface {
	// Name is a short name for people and tools, such as "json".
	Name() string

	// Loads parses a payload. The error is [ErrUnsupportedSerializer] if it
	// looks like another serializer's, else it matches [ErrUndecodable], or
	// [ErrTooLarge] if it is more than the serializer reads.
	// Django: loads.
	Loads(payload string) (*Data, error)

	// Dumps appends the payload to dst. Django: dumps.
	Dumps(dst []byte, d *Data) ([]byte, error)
}
