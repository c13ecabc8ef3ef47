package pickle

func isSafeClass(name string) bool {
	return name == "SafeString" || name == "SafeText" || name == "SafeUnicode"
}

// safeReader reads SafeString.__new__(SafeString, text).
func safeReader(name string) reader {
	if name == "SafeString" {
		name = ""
	}
	return func(_ *decoder, args Tuple) (any, error) {
		if len(args) != 1 {
			return nil, errOther
		}
		text, ok := args[0].(string)
		if !ok {
			return nil, errOther
		}
		return SafeString{text, name}, nil
	}
}

func (s SafeString) class() Class {
	name := s.Name
	if name == "" {
		name = "SafeString"
	}
	return Class{"django.utils.safestring", name}
}

// readLazy reads _lazy_proxy_unpickle(func, args, kwargs, *types).
func readLazy(d *decoder, args Tuple) (any, error) {
	if len(args) < 3 {
		return nil, errOther
	}
	positional, ok1 := args[1].(Tuple)
	kwargs, ok2 := args[2].(*Dict)
	if !ok1 || !ok2 {
		return nil, errOther
	}
	return &LazyString{args[0], positional, kwargs, args[3:]}, nil
}

func buildMessage(state any) (any, bool) {
	s, ok := state.(*Dict)
	if !ok || s.Len() != 3 {
		return nil, false
	}
	level, ok1 := s.Get("level")
	text, ok2 := s.Get("message")
	tags, ok3 := s.Get("extra_tags")
	n, ok4 := level.(int64)
	if !ok1 || !ok2 || !ok3 || !ok4 || !isMessageText(text) {
		return nil, false
	}
	if _, ok := tags.(string); !ok && tags != nil {
		return nil, false
	}
	return &Message{n, text, tags}, true
}

func isMessageText(v any) bool {
	switch v.(type) {
	case string, SafeString, *LazyString:
		return true
	}
	return false
}
