package pickle

// An ID tells which object of a decoded pickle a value is, as Python's id does.
// IDs can be compared, and be keys of a map. A walk through decoded values that
// goes through every object once needs them: an object can be in many places,
// and within itself.
type ID struct{ ref ref }

// IDOf returns the ID of a value that has values within, such as a [*List] or a
// [Tuple], and false for any other value.
func IDOf(v any) (ID, bool) {
	if !nests(v) {
		return ID{}, false
	}
	return ID{identityOf(v)}, true
}
