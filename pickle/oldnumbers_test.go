package pickle_test

import (
	"fmt"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// TestOldNumbers reads numbers in text as CPython's C code does, which asks
// strtol first; each row was asked of Python 3.13.
func TestOldNumbers(t *testing.T) {
	for _, row := range []struct{ data, want string }{ // want is empty for an error
		{"I00\n.", "False"}, {"I01\n.", "True"},
		{"I0\n.", "0"}, {"I+1\n.", "True"}, {"I 1\n.", "True"}, {"I001\n.", "1"}, {"I02\n.", "2"},
		{"I010\n.", "8"}, {"I-010\n.", "-8"}, {"I08\n.", ""}, {"I0x1F\n.", "31"}, {"I0b11\n.", "3"}, {"I0o17\n.", "15"}, {"I1_000\n.", "1000"},
		{"I1__0\n.", ""}, {"I_1\n.", ""}, {"I1_\n.", ""}, {"I1 \n.", "1"}, {"I\n.", ""}, {"I \n.", ""}, {"I--1\n.", ""}, {"I+-1\n.", ""},
		{"I1\x00junk\n.", "1"}, {"I\x00\n.", "0"}, {"I\x000\n.", "False"}, {"I9223372036854775808\n.", "9223372036854775808"},
		{"L5L\n.", "5"}, {"L5\n.", "5"}, {"L5LL\n.", ""}, {"L010L\n.", ""}, {"L000L\n.", "0"}, {"L0x_fL\n.", "15"}, {"L-0x10L\n.", "-16"}, {"LL\n.", ""},
		{"L0o17L\n.", "15"}, {"L-0o1_7L\n.", "-15"}, {"L0o18L\n.", ""}, {"L0oL\n.", ""}, {"L0o0L\n.", "0"}, {"L0o7777777777777777777777L\n.", "73786976294838206463"}, {"L0b12L\n.", ""},
		{"F1.5\n.", "1.5"}, {"F1e999\n.", ""}, {"Fnan\n.", "nan"}, {"F-NaN\n.", "nan"}, {"F+nan\n.", "nan"}, {"F--nan\n.", ""}, {"F-inf\n.", "-inf"}, {"F1_0\n.", ""}, {"F0x1p3\n.", ""}, {"F 1\n.", ""}, {"F1.5\x00junk\n.", "1.5"},
		{"Np1\n0g1\n.", "None"}, {"Np 01 \n0g1\n.", "None"}, {"Np1_0\n0g10\n.", "None"}, {"Np-1\n.", ""}, {"Np0x1\n.", ""},
	} {
		v, err := pickle.Loads([]byte(row.data), nil)
		got := ""
		if err == nil {
			got = pickle.Repr(v)
		}
		if got != row.want {
			t.Errorf("%q: got %s, %v, want %s", row.data, got, err, row.want)
		}
	}
}

// TestNothingToAdd: Python does not ask what nothing is added to.
func TestNothingToAdd(t *testing.T) {
	for _, op := range []string{"e", "u", "\x90"} {
		if v, err := pickle.Loads([]byte("\x80\x04N("+op+"."), nil); v != nil || err != nil {
			t.Errorf("%q: got %v, %v", op, v, err)
		}
		if _, err := pickle.Loads([]byte("\x80\x04N(N"+op+"."), nil); err == nil {
			t.Errorf("%q: something was added to None", op)
		}
	}
}

// TestStateOfBuiltins has a state be refused by what has no attributes to put
// it in, as Python refuses it.
func TestStateOfBuiltins(t *testing.T) {
	for state, ok := range map[string]bool{"N": true, "NN\x86": false, "N}\x86": true, "}": false, ")": false, "}N\x86": false, "N}NNs\x86": false} {
		for _, value := range []string{"N", "K\x01", "]", "}", ")", "\x8f", "C\x01a", "\x88"} {
			if _, err := pickle.Loads(fmt.Appendf(nil, "\x80\x04%s%sb.", value, state), nil); (err == nil) != ok {
				t.Errorf("%q on %q: got error %v", state, value, err)
			}
		}
	}
}
