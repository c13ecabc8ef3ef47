package pickle

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
)

// Disassemble writes the listing of a pickle's opcodes that Python's
// pickletools.dis prints, and checks what that checks: arguments, the stack's
// depth, marks, and the memo's use. On an error, a [*DecodeError] as a rule,
// the lines before it are written. The listing shows the pickle's content.
func Disassemble(w io.Writer, data []byte) error {
	out := bufio.NewWriter(w)
	l := lister{decoder: decoder{data: string(data), opts: &DecodeOptions{}, left: math.MaxInt}, memo: map[int64]bool{}}
	err := l.run(out)
	if err != nil {
		err = &DecodeError{Offset: l.at, Opcode: l.opcode, Reason: l.reason, Err: err}
	}
	if flushed := out.Flush(); flushed != nil {
		return flushed
	}
	return err
}

// lister runs through the opcodes with a stack that knows only which of its
// values are marks.
type lister struct {
	decoder
	memo    map[int64]bool // the entries in use
	stack   []bool         // whether the value is a mark
	marks   []int          // offsets of MARK opcodes
	highest int
}

// indentMax bounds the indentation, and with it the listing's length.
const indentMax = 1000

func (l *lister) run(out io.Writer) error {
	for {
		l.at = l.pos
		if l.pos >= len(l.data) {
			l.opcode = 0
			return l.malformed("no STOP opcode")
		}
		l.opcode = l.data[l.pos]
		l.pos++
		op := &opcodeTable[l.opcode]
		if op.name == "" {
			return l.malformed("unknown opcode")
		}
		text, number, err := l.argument(op.arg)
		if err != nil {
			return err
		}
		if err := l.step(out, op, text, number); err != nil {
			return err
		}
		if l.opcode == opStop {
			break
		}
	}
	fmt.Fprintf(out, "highest protocol among opcodes = %d\n", l.highest)
	if len(l.stack) > 0 {
		return l.malformed("stack not empty after STOP")
	}
	return nil
}

// step writes the line of one opcode and does to the stack what it does.
func (l *lister) step(out io.Writer, op *opcodeInfo, arg string, number int64) error {
	if len(l.marks) > indentMax {
		return ErrTooDeep
	}
	l.highest = max(l.highest, op.protocol)
	indent := strings.Repeat("    ", len(l.marks))
	note, takes, fault := l.unmark(op)
	switch l.opcode {
	case opMemoize:
		number = int64(len(l.memo))
		note = fmt.Sprintf("(as %d)", number)
		fault = l.store(number)
	case opPut, opBinPut, opLongBinPut:
		fault = l.store(number)
	case opGet, opBinGet, opLongBinGet:
		if !l.memo[number] {
			fault = "memo entry was never stored"
		}
	}
	line := fmt.Sprintf("%5d: %-4s %s%s", l.at, reprOpcode(l.opcode), indent, op.name)
	if arg != "" || note != "" {
		line += strings.Repeat(" ", max(0, 10-len(op.name)))
	}
	if arg != "" {
		line += " " + arg
	}
	if note != "" {
		line += " " + note
	}
	if _, err := fmt.Fprintln(out, line); err != nil {
		return err
	}
	if fault != "" {
		return l.malformed(fault)
	}
	if len(l.stack) < takes {
		return l.malformed("too few values on the stack")
	}
	l.stack = l.stack[:len(l.stack)-takes]
	switch l.opcode {
	case opMark:
		l.marks = append(l.marks, l.at)
		l.stack = append(l.stack, true)
	default:
		l.stack = append(l.stack, make([]bool, len(op.after))...)
	}
	return nil
}

// unmark removes the topmost mark and what is above it, if the opcode does. It
// returns what the listing says of that and how many more values the opcode
// takes.
func (l *lister) unmark(op *opcodeInfo) (note string, takes int, fault string) {
	takes = strings.IndexByte(op.before, 'm')
	if takes < 0 {
		takes = len(op.before)
		if l.opcode != opPop || len(l.stack) == 0 || !l.stack[len(l.stack)-1] {
			return "", takes, ""
		}
		takes = 0
	}
	if len(l.marks) == 0 {
		return "no MARK exists on stack", len(op.before), "no mark"
	}
	note = fmt.Sprintf("(MARK at %d)", l.marks[len(l.marks)-1])
	l.marks = l.marks[:len(l.marks)-1]
	for len(l.stack) > 0 && !l.stack[len(l.stack)-1] {
		l.stack = l.stack[:len(l.stack)-1]
	}
	if len(l.stack) == 0 {
		return note, takes, "no mark"
	}
	l.stack = l.stack[:len(l.stack)-1]
	return note, takes, ""
}

// store puts the top of the stack into the memo and returns what is wrong with
// that.
func (l *lister) store(number int64) string {
	if l.memo[number] {
		return "memo entry is already defined"
	}
	if len(l.stack) == 0 {
		return "stack is empty"
	}
	if l.stack[len(l.stack)-1] {
		return "a mark cannot go into the memo"
	}
	l.memo[number] = true
	return ""
}

func reprOpcode(code byte) string {
	if code < 0x80 {
		return string(rune(code))
	}
	return fmt.Sprintf(`\x%02x`, code)
}
