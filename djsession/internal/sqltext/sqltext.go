// Package sqltext reads the text of our own statements.
package sqltext

import "iter"

// Marks yields where the ? of a query's parameters are. Our queries hold no ?
// in quotes but in those of identifiers.
func Marks(query string) iter.Seq[int] {
	return func(yield func(int) bool) {
		inQuotes := false
		for i := 0; i < len(query); i++ {
			switch query[i] {
			case '"':
				inQuotes = !inQuotes // twice for one within a name
			case '?':
				if !inQuotes && !yield(i) {
					return
				}
			}
		}
	}
}
