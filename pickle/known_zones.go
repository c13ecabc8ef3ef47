package pickle

func zoneReader(c Class) reader {
	switch {
	case c.Name == "ZoneInfo._unpickle" && c.Module != "pytz":
		return func(_ *decoder, args Tuple) (any, error) {
			if len(args) != 2 {
				return nil, errOther
			}
			key, ok1 := args[0].(string)
			cached, ok2 := truth(args[1])
			if !ok1 || !ok2 {
				return nil, errOther
			}
			return ZoneInfo{Key: key, NoCache: !cached, Backport: c.Module != "zoneinfo"}, nil
		}
	case c == Class{"pytz", "_UTC"}:
		return readPytzUTC
	case c == Class{"pytz", "_p"}:
		return readPytz
	case c == Class{"pytz", "FixedOffset"}:
		return readPytzOffset
	}
	return nil
}

// truth reads a flag, which C code writes as an int.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case int64:
		return v != 0, v == 0 || v == 1
	}
	return false, false
}

func readPytzUTC(d *decoder, args Tuple) (any, error) {
	if len(args) != 0 {
		return nil, errOther
	}
	return PytzZone{Zone: "UTC"}, nil
}

// readPytz reads _p(zone) and _p(zone, utcoffset, dst, tzname).
func readPytz(d *decoder, args Tuple) (any, error) {
	if len(args) != 1 && len(args) != 4 {
		return nil, errOther
	}
	zone, ok := args[0].(string)
	if !ok || len(args) == 1 && zone == "UTC" {
		return nil, errOther
	}
	if len(args) == 1 {
		return PytzZone{Zone: zone}, nil
	}
	v, ok1 := ints(args[1:3], 2)
	abbrev, ok2 := args[3].(string)
	const day = 86400
	if !ok1 || !ok2 || v[0] <= -day || v[0] >= day || v[1] <= -day || v[1] >= day {
		return nil, errOther
	}
	return PytzZone{zone, true, int(v[0]), int(v[1]), abbrev}, nil
}

func readPytzOffset(d *decoder, args Tuple) (any, error) {
	v, ok := ints(args, 1)
	if !ok || v[0] <= -1440 || v[0] >= 1440 {
		return nil, errOther
	}
	return PytzOffset{int(v[0])}, nil
}
