package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// slots is how many hash slots a Redis Cluster has.
const slots = 16384

// slot is the hash slot of a key without braces: CRC-16/XMODEM, modulo slots.
func slot(key string) int {
	var crc uint16
	for i := range len(key) {
		crc ^= uint16(key[i]) << 8
		for range 8 {
			high := crc & 0x8000
			if crc <<= 1; high != 0 {
				crc ^= 0x1021
			}
		}
	}
	return int(crc) % slots
}

// busiest draws loads of 100,000 sessions, one of which takes a share of them
// for itself, and returns the share of the busiest of so many shards.
func busiest(shards int, hot float64) float64 {
	const sessions, loads = 100_000, 400_000
	random := rand.New(rand.NewPCG(1, 2))
	shard := make([]int, sessions)
	for i := range shard {
		shard[i] = slot(fmt.Sprintf(":1:django.contrib.sessions.cache%032x", random.Uint64())) * shards / slots
	}
	busy := make([]int, shards)
	for range loads {
		session := 0
		if random.Float64() >= hot {
			session = random.IntN(sessions)
		}
		busy[shard[session]]++
	}
	return float64(slices.Max(busy)) / loads
}

// hotKeys simulates a session that many clients share, such as a monitor's or
// an API client's.
func hotKeys(b *strings.Builder, _ *measured) error {
	b.WriteString("\n### Hot keys: loads that the busiest shard of a Redis Cluster takes, simulated\n\n" +
		"| shards | no hot key | one key takes 1 % | 10 % | 50 % |\n| ---: | ---: | ---: | ---: | ---: |\n")
	for _, shards := range []int{3, 6, 12, 48} {
		fmt.Fprintf(b, "| %d |", shards)
		for _, hot := range []float64{0, 0.01, 0.1, 0.5} {
			fmt.Fprintf(b, " %.0f %% |", 100*busiest(shards, hot))
		}
		b.WriteString("\n")
	}
	return nil
}
