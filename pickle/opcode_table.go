package pickle

// argument is the kind of an opcode's argument.
type argument uint8

const (
	argNone argument = iota
	argBytes4
	argBytes1
	argFloatLine
	argFloat8
	argIntLine
	argInt4
	argUint1
	argUint2
	argLongLine
	argLine
	argQuotedLine
	argString4
	argString1
	argUnicodeLine
	argText4
	argTwoLines
	argUint4
	argLong1
	argLong4
	argText1
	argText8
	argBytes8
	argUint8
	argByteArray8
)

// opcodeInfo describes an opcode: what pickletools calls it, its argument, and
// its effect on the stack. Before is what it takes off, from the bottom up: "m"
// a mark, "*" everything above it, "." one value. After is what it leaves
// there.
type opcodeInfo struct {
	name          string
	protocol      int
	arg           argument
	before, after string
}

var opcodeTable = [256]opcodeInfo{
	opMark:            {"MARK", 0, argNone, "", "m"},
	opEmptyTuple:      {"EMPTY_TUPLE", 1, argNone, "", "."},
	opStop:            {"STOP", 0, argNone, ".", ""},
	opPop:             {"POP", 0, argNone, ".", ""},
	opPopMark:         {"POP_MARK", 1, argNone, "m*", ""},
	opDup:             {"DUP", 0, argNone, ".", ".."},
	opBinBytes:        {"BINBYTES", 3, argBytes4, "", "."},
	opShortBinBytes:   {"SHORT_BINBYTES", 3, argBytes1, "", "."},
	opFloat:           {"FLOAT", 0, argFloatLine, "", "."},
	opBinFloat:        {"BINFLOAT", 1, argFloat8, "", "."},
	opInt:             {"INT", 0, argIntLine, "", "."},
	opBinInt:          {"BININT", 1, argInt4, "", "."},
	opBinInt1:         {"BININT1", 1, argUint1, "", "."},
	opLong:            {"LONG", 0, argLongLine, "", "."},
	opBinInt2:         {"BININT2", 1, argUint2, "", "."},
	opNone:            {"NONE", 0, argNone, "", "."},
	opPersID:          {"PERSID", 0, argLine, "", "."},
	opBinPersID:       {"BINPERSID", 1, argNone, ".", "."},
	opReduce:          {"REDUCE", 0, argNone, "..", "."},
	opString:          {"STRING", 0, argQuotedLine, "", "."},
	opBinString:       {"BINSTRING", 1, argString4, "", "."},
	opShortBinString:  {"SHORT_BINSTRING", 1, argString1, "", "."},
	opUnicode:         {"UNICODE", 0, argUnicodeLine, "", "."},
	opBinUnicode:      {"BINUNICODE", 1, argText4, "", "."},
	opEmptyList:       {"EMPTY_LIST", 1, argNone, "", "."},
	opAppend:          {"APPEND", 0, argNone, "..", "."},
	opBuild:           {"BUILD", 0, argNone, "..", "."},
	opGlobal:          {"GLOBAL", 0, argTwoLines, "", "."},
	opDict:            {"DICT", 0, argNone, "m*", "."},
	opAppends:         {"APPENDS", 1, argNone, ".m*", "."},
	opGet:             {"GET", 0, argIntLine, "", "."},
	opBinGet:          {"BINGET", 1, argUint1, "", "."},
	opInst:            {"INST", 0, argTwoLines, "m*", "."},
	opLongBinGet:      {"LONG_BINGET", 1, argUint4, "", "."},
	opList:            {"LIST", 0, argNone, "m*", "."},
	opObj:             {"OBJ", 1, argNone, "m.*", "."},
	opPut:             {"PUT", 0, argIntLine, "", ""},
	opBinPut:          {"BINPUT", 1, argUint1, "", ""},
	opLongBinPut:      {"LONG_BINPUT", 1, argUint4, "", ""},
	opSetItem:         {"SETITEM", 0, argNone, "...", "."},
	opTuple:           {"TUPLE", 0, argNone, "m*", "."},
	opSetItems:        {"SETITEMS", 1, argNone, ".m*", "."},
	opEmptyDict:       {"EMPTY_DICT", 1, argNone, "", "."},
	opProto:           {"PROTO", 2, argUint1, "", ""},
	opNewObj:          {"NEWOBJ", 2, argNone, "..", "."},
	opExt1:            {"EXT1", 2, argUint1, "", "."},
	opExt2:            {"EXT2", 2, argUint2, "", "."},
	opExt4:            {"EXT4", 2, argInt4, "", "."},
	opTuple1:          {"TUPLE1", 2, argNone, ".", "."},
	opTuple2:          {"TUPLE2", 2, argNone, "..", "."},
	opTuple3:          {"TUPLE3", 2, argNone, "...", "."},
	opNewTrue:         {"NEWTRUE", 2, argNone, "", "."},
	opNewFalse:        {"NEWFALSE", 2, argNone, "", "."},
	opLong1:           {"LONG1", 2, argLong1, "", "."},
	opLong4:           {"LONG4", 2, argLong4, "", "."},
	opShortBinUnicode: {"SHORT_BINUNICODE", 4, argText1, "", "."},
	opBinUnicode8:     {"BINUNICODE8", 4, argText8, "", "."},
	opBinBytes8:       {"BINBYTES8", 4, argBytes8, "", "."},
	opEmptySet:        {"EMPTY_SET", 4, argNone, "", "."},
	opAddItems:        {"ADDITEMS", 4, argNone, ".m*", "."},
	opFrozenSet:       {"FROZENSET", 4, argNone, "m*", "."},
	opNewObjEx:        {"NEWOBJ_EX", 4, argNone, "...", "."},
	opStackGlobal:     {"STACK_GLOBAL", 4, argNone, "..", "."},
	opMemoize:         {"MEMOIZE", 4, argNone, ".", "."},
	opFrame:           {"FRAME", 4, argUint8, "", ""},
	opByteArray8:      {"BYTEARRAY8", 5, argByteArray8, "", "."},
	opNextBuffer:      {"NEXT_BUFFER", 5, argNone, "", "."},
	opReadonlyBuffer:  {"READONLY_BUFFER", 5, argNone, ".", "."},
}

func opcodeName(code byte) string { return opcodeTable[code].name }
