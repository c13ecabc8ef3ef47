package pickle

// run executes opcodes until STOP and returns the value on top of the stack.
func (d *decoder) run() (any, error) {
	for {
		d.at = d.pos
		if d.pos >= len(d.data) {
			d.opcode = 0
			return nil, d.malformed("no STOP opcode")
		}
		op := d.data[d.pos]
		d.opcode = op
		d.pos++
		var err error
		switch op {
		case opShortBinUnicode:
			err = d.text(d.arg1())
		case opBinUnicode:
			err = d.text(d.arg(4))
		case opMemoize:
			err = d.memoize(int64(d.memo.count))
		case opBinPut:
			err = d.memoize(d.arg1())
		case opBinGet:
			err = d.get(d.arg1())
		case opBinInt1:
			err = d.smallInt(d.arg1())
		case opBinInt2:
			err = d.smallInt(d.arg(2))
		case opBinInt:
			err = d.binInt()
		case opMark:
			d.marks = append(d.marks, len(d.stack))
			d.base = len(d.stack)
		case opEmptyDict:
			d.made++
			err = d.push(d.dicts.one())
		case opEmptyList:
			d.made++
			err = d.push(d.lists.one())
		case opEmptyTuple:
			err = d.push(emptyTuple)
		case opNone:
			err = d.push(nil)
		case opNewTrue:
			err = d.push(true)
		case opNewFalse:
			err = d.push(false)
		case opBinFloat:
			err = d.binFloat()
		case opSetItems:
			err = d.setItems()
		case opSetItem:
			err = d.setItem()
		case opAppends:
			err = d.appends()
		case opAppend:
			err = d.append()
		case opTuple:
			err = d.tuple()
		case opTuple1:
			err = d.shortTuple(1)
		case opTuple2:
			err = d.shortTuple(2)
		case opTuple3:
			err = d.shortTuple(3)
		case opFrame:
			err = d.frame()
		case opProto:
			err = d.proto()
		case opStop:
			if len(d.stack) <= d.base {
				return nil, d.underflow()
			}
			v := d.stack[len(d.stack)-1]
			return v, d.checkDepth(v)
		default:
			err = d.rare(op)
		}
		if err != nil {
			return nil, err
		}
	}
}

var emptyTuple any = Tuple{}

// arg1 reads an unsigned argument of one byte; it is -1 where the data ends
// before.
func (d *decoder) arg1() int64 {
	if d.pos >= len(d.data) {
		return -1
	}
	n := d.data[d.pos]
	d.pos++
	return int64(n)
}

// arg reads an unsigned little-endian argument of n bytes; it is -1 where the
// data ends before, or if it exceeds an int64.
func (d *decoder) arg(n int) int64 {
	if len(d.data)-d.pos < n {
		return -1
	}
	b := d.data[d.pos : d.pos+n]
	d.pos += n
	var v uint64
	for i := n - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return max(-1, int64(v))
}

func (d *decoder) truncated() error { return d.malformed("cut short") }

func (d *decoder) underflow() error {
	if len(d.marks) > 0 {
		return d.malformed("a mark where a value belongs")
	}
	return d.malformed("stack is empty")
}

// proto reads the protocol's number. As in Python it may stand anywhere.
func (d *decoder) proto() error {
	n := d.arg1()
	if n < 0 {
		return d.truncated()
	}
	if n > 5 {
		return d.malformed("unknown protocol")
	}
	d.protocol = int(n)
	return nil
}

// frame checks that the frame lies within the data; where frames end does not
// matter when all data is in memory.
func (d *decoder) frame() error {
	if n := d.arg(8); n < 0 || n > int64(len(d.data)-d.pos) {
		return d.truncated()
	}
	return nil
}
