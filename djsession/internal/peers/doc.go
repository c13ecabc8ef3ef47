// Package peers measures this module beside the libraries that people would
// take instead, in one run.
package peers
