package pickle

import (
	"errors"
	"math"
)

// errOther is what a known class's reader returns for arguments that it does
// not read: they are kept as an Object.
var errOther = errors.New("pickle: other arguments")

func (d *decoder) global() error {
	module, ok := d.line()
	if !ok {
		return d.truncated()
	}
	name, ok := d.line()
	if !ok {
		return d.truncated()
	}
	if !validText(module) || !validText(name) {
		return d.malformed("not UTF-8")
	}
	if module == "" || name == "" {
		return d.malformed("class without a name")
	}
	return d.pushClass(module, name)
}

func (d *decoder) stackGlobal() error {
	if err := d.need(2); err != nil {
		return err
	}
	name, ok1 := d.pop().(string)
	module, ok2 := d.pop().(string)
	if !ok1 || !ok2 {
		return d.malformed("class name that is not a str")
	}
	return d.pushClass(module, name)
}

func (d *decoder) pushClass(module, name string) error {
	c := Class{module, name}
	if d.protocol < 3 && c != oldStr {
		c = fromPython2(c)
	}
	if err := d.allow(c); err != nil {
		return err
	}
	return d.push(c)
}

// allow refuses a class under the Strict option.
func (d *decoder) allow(c Class) error {
	if !d.opts.Strict {
		return nil
	}
	if _, ok := lookup(c); ok || d.opts.Allow != nil && d.opts.Allow(c) {
		return nil
	}
	return &ForbiddenError{c}
}

func (d *decoder) extension(code int64) error {
	if code < 0 {
		return d.truncated()
	}
	if code == 0 || code > 1<<31-1 {
		return d.malformed("bad extension code")
	}
	c, ok := d.opts.Extensions[int(code)]
	if !ok {
		return d.fail(ErrUnsupported, "extension code, see Extensions")
	}
	if err := d.allow(c); err != nil {
		return err
	}
	return d.push(c)
}

// reduce runs REDUCE: callable(*args).
func (d *decoder) reduce() error {
	if err := d.need(2); err != nil {
		return err
	}
	args, ok := d.pop().(Tuple)
	if !ok {
		return d.malformed("arguments that are no tuple")
	}
	callable := d.pop()
	if d.setsState(callable, args) {
		return nil
	}
	return d.call(callable, args, FormReduce)
}

// setsState recognises how protocol 2 and later write an object with its own
// state setter: setter(object, state), whose result is dropped. The object is
// under it on the stack.
func (d *decoder) setsState(setter any, args Tuple) bool {
	if len(args) != 2 || d.pos >= len(d.data) || d.data[d.pos] != opPop || len(d.stack) <= d.base {
		return false
	}
	o, ok := args[0].(*Object)
	if !ok || (*d.top()) != any(o) || o.HasState {
		return false
	}
	d.pos++
	o.State, o.HasState, o.Setter = args[1], true, setter
	return true
}

// call pushes what callable(*args) makes: a value of a known class or an
// Object.
func (d *decoder) call(callable any, args Tuple, form Form) error {
	switch c := callable.(type) {
	case Class:
		if k, ok := lookup(c); ok && k.call != nil {
			v, err := k.call(d, args)
			if err == nil {
				d.made++
				return d.push(v)
			}
			if err != errOther {
				return err
			}
		}
		return d.pushObject(&Object{Class: c, Form: form, Args: args})
	case *Object:
		c.shared = true
		return d.pushObject(&Object{Callable: c, Form: form, Args: args})
	}
	return d.malformed("calling what is no class")
}

func (d *decoder) pushObject(o *Object) error {
	d.made++
	n := o.content(math.MaxInt)
	o.filled = 1 + n
	if err := d.charge(n); err != nil {
		return err
	}
	return d.push(o)
}

func (d *decoder) newObj() error {
	if err := d.need(2); err != nil {
		return err
	}
	args, ok := d.pop().(Tuple)
	if !ok {
		return d.malformed("arguments that are no tuple")
	}
	return d.instance(d.pop(), args)
}

// instance pushes what class.__new__(class, *args) makes.
func (d *decoder) instance(class any, args Tuple) error {
	switch c := class.(type) {
	case Class:
		if k, ok := lookup(c); ok && k.new != nil {
			v, err := k.new(d, args)
			if err == nil {
				return d.push(v)
			}
			if err != errOther {
				return err
			}
		}
		return d.pushObject(&Object{Class: c, Form: FormNew, Args: args})
	case *Object:
		c.shared = true
		return d.pushObject(&Object{Callable: c, Form: FormNew, Args: args})
	}
	return d.malformed("instance of what is no class")
}

func (d *decoder) newObjEx() error {
	if err := d.need(3); err != nil {
		return err
	}
	kwargs, ok1 := d.pop().(*Dict)
	args, ok2 := d.pop().(Tuple)
	if !ok1 || !ok2 {
		return d.malformed("arguments that are no tuple and dict")
	}
	return d.instanceEx(d.pop(), args, kwargs)
}

func (d *decoder) instanceEx(class any, args Tuple, kwargs *Dict) error {
	if kwargs.Len() == 0 {
		return d.instance(class, args)
	}
	o := &Object{Form: FormNewEx, Args: args, Kwargs: kwargs}
	switch c := class.(type) {
	case Class:
		o.Class = c
	case *Object:
		c.shared = true
		o.Callable = c
	default:
		return d.malformed("instance of what is no class")
	}
	return d.pushObject(o)
}

// obj and inst make instances of the classic classes of Python 2.
func (d *decoder) obj() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	if at == len(d.stack) {
		return d.underflow()
	}
	args := Tuple(d.copyFrom(at + 1))
	return d.classic(d.pop(), args)
}

func (d *decoder) inst() error {
	at, err := d.mark()
	if err != nil {
		return err
	}
	args := Tuple(d.copyFrom(at))
	if err := d.global(); err != nil {
		return err
	}
	return d.classic(d.pop(), args)
}

func (d *decoder) classic(class any, args Tuple) error {
	return d.call(class, args, FormInstance)
}
