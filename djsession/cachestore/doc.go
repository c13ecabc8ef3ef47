// Package cachestore keeps sessions where Django's cache and cached_db backends keep them.
package cachestore
