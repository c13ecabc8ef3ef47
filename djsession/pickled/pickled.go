// Package pickled is the serializer of sites that keep sessions as pickles:
// SESSION_SERIALIZER = PickleSerializer, which Django had until 4.2, and Django
// 1.4 and 1.5 before they had a choice. Nothing in a pickle is imported, called
// or constructed: see package pickle.
//
//	codec := djsession.NewCodec(secretKey, &djsession.CodecOptions{Serializer: pickled.New(nil)})
//
// While a site moves to JSON, read both and write the new one:
//
//	&djsession.CodecOptions{AlsoRead: []djsession.Serializer{pickled.New(nil)}}
//
// A session value, read by djsession.Get, is what pickle.Assign makes of it; as
// an any it is what pickle.Loads returns. A value that is not set goes back as
// it was: objects of any class, shared references, names that are not strings.
//
// Django: django.contrib.sessions.serializers.PickleSerializer.
package pickled

import (
	"errors"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pickle"
)

// Options is how pickles are read and written. Nil and the zero value are the
// defaults.
type Options struct {
	// Protocol is the one to write, 2 to 5. Default: 4, for Python 3.4 and
	// later. Sites on Python 2 need 2.
	Protocol int

	// Decode is how pickles are read. Default: Encoding is
	// pickle.EncodingLenient, so that a str of Python 2 that is not ASCII stays
	// what it is.
	Decode pickle.DecodeOptions
}

// New returns the serializer.
func New(opts *Options) djsession.Serializer {
	var s serializer
	if opts != nil {
		s.decode, s.encode.Protocol = opts.Decode, opts.Protocol
	}
	if s.decode.Encoding == "" {
		s.decode.Encoding = pickle.EncodingLenient
	}
	return &s
}

type serializer struct {
	decode pickle.DecodeOptions
	encode pickle.EncodeOptions
}

func (*serializer) Name() string { return "pickle" }

func (s *serializer) Loads(payload string) (*djsession.Data, error) {
	if looksLikeJSON(payload) {
		return nil, djsession.ErrUnsupportedSerializer
	}
	v, err := pickle.Loads([]byte(payload), &s.decode)
	if errors.Is(err, pickle.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", djsession.ErrTooLarge, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", djsession.ErrUndecodable, err)
	}
	return DataOf(v)
}

// looksLikeJSON recognises a JSON object: no pickle begins with a brace
// followed by a quote, a space or the other brace.
func looksLikeJSON(payload string) bool {
	return len(payload) >= 2 && payload[0] == '{'
}

// DataOf returns the session that a decoded dict is. It is for stores whose
// values are pickles of themselves, as Django's caches are.
func DataOf(v any) (*djsession.Data, error) {
	dict, ok := pickle.AsDict(v)
	if !ok {
		return nil, fmt.Errorf("%w: it is no dict", djsession.ErrUndecodable)
	}
	d := new(djsession.Data)
	values := make([]held, dict.Len())
	i := 0
	for key, value := range dict.All() {
		if name, ok := key.(string); ok {
			values[i].v = value
			d.Set(name, &values[i])
			i++
		} else if d.Extra == nil {
			d.Extra = dict // some items have no name: they are found here again
		}
	}
	return d, nil
}

func (s *serializer) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	dict, err := DictOf(d)
	if err != nil {
		return nil, err
	}
	if at, ok := dict.Get("_session_expiry"); ok && s.encode.Protocol == 2 {
		if at, ok := at.(time.Time); ok {
			utc := pickle.DateTimeOf(at.UTC())
			utc.TZ = pickle.PytzZone{Zone: "UTC"} // Django's own, where Python 2 has none
			_ = dict.Set("_session_expiry", utc)
		}
	}
	payload, err := pickle.Marshal(dict, &s.encode)
	if err != nil {
		return nil, fmt.Errorf("djsession: a session value cannot be pickled: %w", err)
	}
	return append(dst, payload...), nil
}

// DictOf returns the dict that a session is, ready to be pickled. It undoes
// [DataOf].
func DictOf(d *djsession.Data) (*pickle.Dict, error) {
	dict := new(pickle.Dict)
	if read, ok := d.Extra.(*pickle.Dict); ok {
		for key, value := range read.All() {
			if _, isName := key.(string); isName {
				continue
			}
			if err := dict.Set(key, value); err != nil {
				return nil, err
			}
		}
	}
	for name, value := range d.All() {
		v, err := native(value)
		if err != nil {
			return nil, fmt.Errorf("djsession: session value %q: %w", name, err)
		}
		if err := dict.Set(name, v); err != nil {
			return nil, err
		}
	}
	return dict, nil
}
