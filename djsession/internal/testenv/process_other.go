//go:build !linux

package testenv

import "syscall"

// childAttributes has nothing to add here: no parent-death signal. Main stops
// the servers.
func childAttributes(syscall.Signal) *syscall.SysProcAttr { return nil }

func serverAttributes(syscall.Signal) *syscall.SysProcAttr { return nil }

func giveToServers(string) error { return nil }

// listens cannot tell here.
func listens(int, string) bool { return true }
