package pickle

import (
	"strings"
	"sync"
)

// Protocols before 3 name the modules and classes of Python 2. Python 3
// translates the names while it reads and writes such pickles, by these tables
// (its module _compat_pickle); an entry that ends in "<" serves writing only,
// ">" reading only. One differs from Python's: int is written as int, not as
// long, so that what Python 2 made of int goes back so.

// renamedModules holds pairs: a module of Python 2, and the same of Python 3.
const renamedModules = `
BaseHTTPServer http.server
CGIHTTPServer http.server >
ConfigParser configparser
Cookie http.cookies
Dialog tkinter.dialog
DocXMLRPCServer xmlrpc.server >
FileDialog tkinter.filedialog >
HTMLParser html.parser
Queue queue
ScrolledText tkinter.scrolledtext
SimpleDialog tkinter.simpledialog >
SimpleHTTPServer http.server >
SimpleXMLRPCServer xmlrpc.server
SocketServer socketserver
StringIO io >
Tix tkinter.tix
Tkconstants tkinter.constants
Tkdnd tkinter.dnd
Tkinter tkinter
UserDict collections >
UserList collections >
UserString collections >
__builtin__ builtins
_abcoll collections.abc
_elementtree xml.etree.ElementTree >
_winreg winreg
anydbm dbm
cPickle pickle >
cStringIO io >
commands subprocess
cookielib http.cookiejar
copy_reg copyreg
dbhash dbm.bsd
dbm dbm.ndbm
dumbdbm dbm.dumb
dummy_thread _dummy_thread
gdbm dbm.gnu
htmlentitydefs html.entities
httplib http.client
markupbase _markupbase
repr reprlib
robotparser urllib.robotparser
test.test_support test.support
thread _thread
tkColorChooser tkinter.colorchooser
tkCommonDialog tkinter.commondialog
tkFileDialog tkinter.filedialog
tkFont tkinter.font
tkMessageBox tkinter.messagebox
tkSimpleDialog tkinter.simpledialog
ttk tkinter.ttk
urllib2 urllib.request
urlparse urllib.parse
whichdb dbm >
xmlrpclib xmlrpc.client
bz2 _bz2 <
dbm _dbm <
functools _functools <
gdbm _gdbm <
pickle _pickle <
`

// renamedNames holds pairs of names with their modules.
const renamedNames = `
UserDict.IterableUserDict collections.UserDict
UserDict.UserDict collections.UserDict >
UserList.UserList collections.UserList
UserString.UserString collections.UserString
__builtin__.basestring builtins.str >
__builtin__.intern sys.intern
__builtin__.long builtins.int >
__builtin__.reduce functools.reduce
__builtin__.unichr builtins.chr
__builtin__.unicode builtins.str
__builtin__.xrange builtins.range
_multiprocessing.Connection multiprocessing.connection.Connection
_socket.fromfd socket.fromfd
exceptions.StandardError builtins.Exception >
itertools.ifilter builtins.filter
itertools.ifilterfalse itertools.filterfalse
itertools.imap builtins.map
itertools.izip builtins.zip
itertools.izip_longest itertools.zip_longest
multiprocessing.AuthenticationError multiprocessing.context.AuthenticationError
multiprocessing.BufferTooShort multiprocessing.context.BufferTooShort
multiprocessing.ProcessError multiprocessing.context.ProcessError
multiprocessing.TimeoutError multiprocessing.context.TimeoutError
multiprocessing.forking.Popen multiprocessing.popen_fork.Popen
multiprocessing.process.Process multiprocessing.context.Process
socket._socketobject socket.SocketType >
urllib.ContentTooShortError urllib.error.ContentTooShortError
urllib.getproxies urllib.request.getproxies
urllib.pathname2url urllib.request.pathname2url
urllib.quote urllib.parse.quote
urllib.quote_plus urllib.parse.quote_plus
urllib.unquote urllib.parse.unquote
urllib.unquote_plus urllib.parse.unquote_plus
urllib.url2pathname urllib.request.url2pathname
urllib.urlcleanup urllib.request.urlcleanup
urllib.urlencode urllib.parse.urlencode
urllib.urlopen urllib.request.urlopen
urllib.urlretrieve urllib.request.urlretrieve
urllib2.HTTPError urllib.error.HTTPError
urllib2.URLError urllib.error.URLError
whichdb.whichdb dbm.whichdb
CGIHTTPServer.CGIHTTPRequestHandler http.server.CGIHTTPRequestHandler <
DocXMLRPCServer.DocCGIXMLRPCRequestHandler xmlrpc.server.DocCGIXMLRPCRequestHandler <
DocXMLRPCServer.DocXMLRPCRequestHandler xmlrpc.server.DocXMLRPCRequestHandler <
DocXMLRPCServer.DocXMLRPCServer xmlrpc.server.DocXMLRPCServer <
DocXMLRPCServer.ServerHTMLDoc xmlrpc.server.ServerHTMLDoc <
DocXMLRPCServer.XMLRPCDocGenerator xmlrpc.server.XMLRPCDocGenerator <
FileDialog.FileDialog tkinter.filedialog.FileDialog <
FileDialog.LoadFileDialog tkinter.filedialog.LoadFileDialog <
FileDialog.SaveFileDialog tkinter.filedialog.SaveFileDialog <
SimpleDialog.SimpleDialog tkinter.simpledialog.SimpleDialog <
SimpleHTTPServer.SimpleHTTPRequestHandler http.server.SimpleHTTPRequestHandler <
__builtin__.reduce _functools.reduce <
socket._socketobject _socket.socket <
`

// exceptions are those that Python 2 has in its module exceptions and Python 3
// in builtins.
const exceptions = `
ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning DeprecationWarning
EOFError EnvironmentError Exception FloatingPointError FutureWarning GeneratorExit IOError ImportError
ImportWarning IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError
NotImplementedError OSError OverflowError PendingDeprecationWarning ReferenceError RuntimeError RuntimeWarning
StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError
UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
Warning ZeroDivisionError
`

// newOSErrors are the kinds of OSError that only Python 3 has.
const newOSErrors = `
BrokenPipeError ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError
PermissionError ProcessLookupError TimeoutError
`

// oldStr is Python 2's str. Python 3 reads it as its own str, but would write
// unicode in its place.
var oldStr = Class{"__builtin__", "str"}

// compat holds the tables: class to class, and module to module as a Class
// without name.
type compat map[Class]Class

var toPython3, toPython2 = sync.OnceValue(func() compat { return compatTable(true) }), sync.OnceValue(func() compat { return compatTable(false) })

func compatTable(reading bool) compat {
	table := compat{}
	add := func(two, three Class) {
		if reading {
			table[two] = three
		} else {
			table[three] = two
		}
	}
	for line := range strings.Lines(strings.TrimSpace(renamedModules)) {
		if f := strings.Fields(line); serves(f, reading) {
			add(Class{f[0], ""}, Class{f[1], ""})
		}
	}
	for line := range strings.Lines(strings.TrimSpace(renamedNames)) {
		if f := strings.Fields(line); serves(f, reading) {
			add(splitClass(f[0]), splitClass(f[1]))
		}
	}
	for _, name := range strings.Fields(exceptions) {
		add(Class{"exceptions", name}, Class{"builtins", name})
	}
	if !reading {
		for _, name := range strings.Fields(newOSErrors) {
			table[Class{"builtins", name}] = Class{"exceptions", "OSError"}
		}
		table[Class{"builtins", "ModuleNotFoundError"}] = Class{"exceptions", "ImportError"}
	}
	return table
}

func serves(fields []string, reading bool) bool {
	return len(fields) < 3 || (fields[2] == ">") == reading
}

func splitClass(dotted string) Class {
	i := strings.LastIndexByte(dotted, '.')
	return Class{dotted[:i], dotted[i+1:]}
}

func (t compat) translate(c Class) Class {
	if to, ok := t[c]; ok {
		return to
	}
	if to, ok := t[Class{c.Module, ""}]; ok {
		return Class{to.Module, c.Name}
	}
	return c
}

// fromPython2 and fromPython3 translate the name of a class into that of the
// other Python.
func fromPython2(c Class) Class { return toPython3().translate(c) }

func fromPython3(c Class) Class { return toPython2().translate(c) }
