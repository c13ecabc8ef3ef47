package pickle

// reader reads what a class or function makes of args; errOther if args are not
// as Python writes them.
type reader func(d *decoder, args Tuple) (any, error)

// knownClass says how to read instances of a class that is mapped to a Go type,
// or what a function makes. Each of its parts may be nil.
type knownClass struct {
	call  reader                      // class(*args)
	new   reader                      // class.__new__(class, *args)
	build func(state any) (any, bool) // an instance made without arguments, then given its state
}

// lookup returns how to read what c makes, if it is known.
func lookup(c Class) (knownClass, bool) {
	var k knownClass
	switch c.Module {
	case "builtins":
		k.call = builtin(c.Name)
	case "_codecs":
		if c.Name == "encode" {
			k.call = readEncoded
		}
	case "copyreg":
		k.call = copyreg(c.Name)
	case "collections":
		k.call = collection(c.Name)
	case "datetime":
		k.call = datetimeReader(c.Name)
	case "zoneinfo", "backports.zoneinfo", "pytz":
		k.call = zoneReader(c)
	case "decimal", "fractions":
		k.call = numberReader(c)
	case "ipaddress":
		k.call = addressReader(c.Name)
	case "pathlib", "pathlib._local":
		if isPathClass(c.Name) {
			k.call = pathReader(c.Name)
		}
	case "uuid":
		if c.Name == "UUID" {
			k.build = buildUUID
		}
	case "django.utils.safestring":
		if isSafeClass(c.Name) {
			k.new = safeReader(c.Name)
		}
	case "django.utils.functional":
		if c.Name == "_lazy_proxy_unpickle" {
			k.call = readLazy
		}
	case "django.contrib.messages.storage.base":
		if c.Name == "Message" {
			k.build = buildMessage
		}
	}
	return k, k.call != nil || k.new != nil || k.build != nil
}
