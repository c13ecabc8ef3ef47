package pickle

import (
	"encoding/binary"
	"strings"
)

// class writes a reference to a class or another global.
func (e *encoder) class(c Class) error {
	if i, ok := e.classes[c]; ok {
		e.get(i)
		return nil
	}
	if code := e.opts.Extensions[c]; code > 0 && e.protocol >= 2 {
		e.extension(code)
		return nil
	}
	if err := e.global(c); err != nil {
		return err
	}
	if e.classes == nil {
		e.classes = map[Class]int{}
	}
	e.classes[c] = e.memo.next
	e.skip()
	return nil
}

func (e *encoder) extension(code int) {
	switch {
	case code < 1<<8:
		e.buf = append(e.buf, opExt1, byte(code))
	case code < 1<<16:
		e.buf = append(e.buf, opExt2, byte(code), byte(code>>8))
	default:
		e.buf = binary.LittleEndian.AppendUint32(append(e.buf, opExt4), uint32(code))
	}
}

func (e *encoder) global(c Class) error {
	if c == oldStr && e.protocol >= 3 {
		c.Module = "builtins"
	}
	if e.protocol >= 4 {
		if err := e.text(c.Module); err != nil {
			return err
		}
		if err := e.text(c.Name); err != nil {
			return err
		}
		e.op(opStackGlobal)
		return nil
	}
	if outer, name, ok := cutLast(c.Name); ok { // only protocol 4 names classes within classes
		if err := e.class(Class{"builtins", "getattr"}); err != nil {
			return err
		}
		if err := e.args(Class{c.Module, outer}, name); err != nil {
			return err
		}
		e.op(opReduce)
		return nil
	}
	if e.protocol < 3 {
		c = fromPython3(c)
	}
	if strings.ContainsRune(c.Module+c.Name, '\n') || !validText(c.Module+c.Name) {
		return &TypeError{Reason: "a class whose name does not fit in a line"}
	}
	if e.protocol < 3 && !isASCII(c.Module+c.Name) {
		return &TypeError{Reason: "a class whose name is not ASCII, which needs protocol 3"}
	}
	e.line(opGlobal, c.Module)
	e.buf = append(append(e.buf, c.Name...), '\n')
	return nil
}

func cutLast(name string) (outer, last string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}
