package pickle_test

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/djsession/djsession-go/pickle"
)

// pickled is pickle.dumps({"name": "Ann", "langs": ["go", "python"], "since":
// datetime.date(2026, 1, 2)}).
const pickled = "\x80\x04\x95L\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x04name\x94\x8c\x03Ann\x94\x8c\x05langs\x94]\x94(\x8c\x02go\x94\x8c\x06python\x94e" +
	"\x8c\x05since\x94\x8c\x08datetime\x94\x8c\x04date\x94\x93\x94C\x04\x07\xea\x01\x02\x94\x85\x94R\x94u."

func ExampleUnmarshal() {
	v, err := pickle.Loads([]byte(pickled), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, value := range v.(*pickle.Dict).All() {
		fmt.Printf("%v: %T\n", key, value)
	}
	fmt.Println(pickle.Repr(v))
	// Output:
	// name: string
	// langs: *pickle.List
	// since: pickle.Date
	// {'name': 'Ann', 'langs': ['go', 'python'], 'since': datetime.date(2026, 1, 2)}
}

func ExampleDecode() {
	var person struct {
		Name  string    `pickle:"name"`
		Langs []string  `pickle:"langs"`
		Since time.Time `pickle:"since"`
	}
	err := pickle.Unmarshal([]byte(pickled), &person, nil)
	fmt.Println(person, err)
	// Output: {Ann [go python] 2026-01-02 00:00:00 +0000 UTC} <nil>
}

func ExampleMarshal() {
	data, err := pickle.Marshal(map[string]any{"id": 42, "price": pickle.Decimal("1.10"), "tags": pickle.Tuple{"a", "b"}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := pickle.Loads(data, nil)
	fmt.Println(pickle.Repr(v), err)
	// Output: {'id': 42, 'price': Decimal('1.10'), 'tags': ('a', 'b')} <nil>
}

// An object of a class that Go knows nothing of can be looked at, changed and
// written back.
func ExampleObject() {
	data := []byte("\x80\x02cshop.models\nCart\n)\x81}(X\x05\x00\x00\x00itemsK\x03X\x05\x00\x00\x00ownerX\x03\x00\x00\x00Annub.")
	v, err := pickle.Loads(data, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	cart := v.(*pickle.Object)
	items, _ := cart.Attr("items")
	fmt.Println(cart.Class, "with", items, "items")

	state := cart.State.(*pickle.Dict)
	if err := state.Set("items", 4); err != nil {
		fmt.Println(err)
	}
	again, err := pickle.Marshal(cart, &pickle.EncodeOptions{Protocol: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err = pickle.Loads(again, nil)
	fmt.Println(pickle.Repr(v), err)
	// Output:
	// shop.models.Cart with 3 items
	// shop.models.Cart()<{'items': 4, 'owner': 'Ann'}> <nil>
}

// Strict reads plain data and well-known classes, and others only if allowed.
func ExampleDecodeOptions_strict() {
	opts := &pickle.DecodeOptions{
		Strict: true,
		Allow:  func(c pickle.Class) bool { return c.Module == "shop.models" },
	}
	_, err := pickle.Loads([]byte("cos\nsystem\n(S'true'\ntR."), opts)
	var forbidden *pickle.ForbiddenError
	if errors.As(err, &forbidden) {
		fmt.Println("refused:", forbidden.Class)
	}
	fmt.Println(err)
	// Output:
	// refused: os.system
	// pickle: class not allowed: "os.system" (GLOBAL at offset 0)
}

func ExampleDisassemble() {
	if err := pickle.Disassemble(os.Stdout, []byte("\x80\x02]q\x00(K\x01X\x01\x00\x00\x00ae.")); err != nil {
		fmt.Println(err)
	}
	// Output:
	//     0: \x80 PROTO      2
	//     2: ]    EMPTY_LIST
	//     3: q    BINPUT     0
	//     5: (    MARK
	//     6: K        BININT1    1
	//     8: X        BINUNICODE 'a'
	//    14: e        APPENDS    (MARK at 5)
	//    15: .    STOP
	// highest protocol among opcodes = 2
}

// Large buffers can travel beside a pickle of protocol 5.
func ExampleEncodeOptions_buffers() {
	image := &pickle.Buffer{Data: []byte("many bytes")}
	var beside [][]byte
	data, err := pickle.Marshal([]any{"image", image}, &pickle.EncodeOptions{Protocol: 5, BufferCallback: func(b *pickle.Buffer) bool {
		beside = append(beside, b.Data)
		return true
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := pickle.Loads(data, &pickle.DecodeOptions{Buffers: beside})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", v.(*pickle.List).Items[1].(*pickle.Buffer).Data)
	// Output: many bytes
}

func ExampleLoadsPrefix() {
	rest := []byte("K\x01.K\x02.K\x03.")
	for len(rest) > 0 {
		var v any
		var err error
		if v, rest, err = pickle.LoadsPrefix(rest, nil); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v)
	}
	// Output:
	// 1
	// 2
	// 3
}
