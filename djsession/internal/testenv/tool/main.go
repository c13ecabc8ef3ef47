// Command tool looks after the test environment:
//
//	tool install              get the servers and Djangos that are missing, as far as this machine lets it
//	tool report               print a table of what tests will run with and what not, and why
//	tool python 5.2 ARGS...   run Python with the packages of one Django series
//	tool djangos              print the series that are here, a line each
package main

import (
	"fmt"
	"os"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "testenv:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "install":
		return testenv.Install(os.Stdout)
	case len(args) == 1 && args[0] == "report":
		return testenv.Report(os.Stdout)
	case len(args) == 1 && args[0] == "djangos":
		for _, series := range testenv.Installed() {
			fmt.Println(series)
		}
		return nil
	case len(args) > 1 && args[0] == "python":
		python, err := testenv.Python(args[1], args[2:]...)
		if err != nil {
			return err
		}
		python.Stdin, python.Stdout, python.Stderr = os.Stdin, os.Stdout, os.Stderr
		return python.Run()
	}
	return fmt.Errorf("usage: tool install | report | djangos | python SERIES ARGS")
}
