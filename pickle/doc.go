// Package pickle reads and writes Python's pickles, protocols 0 to 5, without Python and without its dangers: nothing a
// pickle says is imported or called.
//
//	v, err := pickle.Unmarshal(data, nil)
//	data, err := pickle.Marshal(v, nil)
package pickle
