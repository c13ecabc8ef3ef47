// Package msgpacked is the serializer of sites whose django-redis keeps values
// as MessagePack:
//
//	store := cachestore.New(cache, &cachestore.Options{Serializer: msgpacked.New(nil)})
//
// A value that is not set goes back as it was read, byte for byte. MessagePack
// itself knows less than Python: a tuple comes back as a list, and there are no
// sets, datetimes or integers beyond 64 bits.
//
// Django: django_redis.serializers.msgpack.MSGPackSerializer.
package msgpacked

import (
	"bytes"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/djsession/djsession-go/djsession"
)

// Options is how values are read and written. Nil and the zero value are the
// defaults.
type Options struct {
	// MaxDepth is how deep lists and maps may nest. A deeper value is
	// djsession.ErrUndecodable, and is not written. Default: 511, the limit of
	// Python's packer.
	MaxDepth int
}

// New returns the serializer.
func New(opts *Options) djsession.Serializer {
	s := serializer{maxDepth: 511}
	if opts != nil && opts.MaxDepth > 0 {
		s.maxDepth = opts.MaxDepth
	}
	return s
}

type serializer struct{ maxDepth int }

func (serializer) Name() string { return "msgpack" }

// rest holds the items whose keys are not strings, as they were read.
type rest struct {
	items []byte
	n     int
}

func (s serializer) Loads(payload string) (*djsession.Data, error) {
	if looksOther(payload) {
		return nil, djsession.ErrUnsupportedSerializer
	}
	n, at, ok := mapLen(payload)
	if !ok {
		return nil, fmt.Errorf("%w: it is no map", djsession.ErrUndecodable)
	}
	d := new(djsession.Data)
	var other rest
	for range n {
		keyEnd, err := skip(payload, at, s.maxDepth)
		if err != nil {
			return nil, err
		}
		end, err := skip(payload, keyEnd, s.maxDepth)
		if err != nil {
			return nil, err
		}
		if name, ok := text(payload[at:keyEnd]); ok {
			value := held(payload[keyEnd:end])
			d.Set(name, &value)
		} else {
			other.items = append(other.items, payload[at:end]...)
			other.n++
		}
		at = end
	}
	if at != len(payload) {
		return nil, fmt.Errorf("%w: there is more behind it", djsession.ErrUndecodable)
	}
	if other.n > 0 {
		d.Extra = other
	}
	return d, nil
}

// looksOther knows a JSON object, and a pickle: a map of no items has nothing
// behind it.
func looksOther(payload string) bool {
	return len(payload) > 1 && (payload[0] == '{' || payload[0] == 0x80)
}

func (s serializer) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	other, _ := d.Extra.(rest)
	buf := bytes.NewBuffer(dst)
	e := msgpack.NewEncoder(buf)
	if err := e.EncodeMapLen(d.Len() + other.n); err != nil {
		return nil, err
	}
	for name, value := range d.All() {
		err := encodeText(e, name)
		if err == nil {
			err = encode(e, buf, value, s.maxDepth)
		}
		if err != nil {
			return nil, fmt.Errorf("djsession: session value %q cannot be written as msgpack: %w", name, err)
		}
	}
	buf.Write(other.items)
	return buf.Bytes(), nil
}
