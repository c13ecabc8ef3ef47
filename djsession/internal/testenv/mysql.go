package testenv

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// MySQLPassword is the password of the account app of [MySQL], under
// caching_sha2_password. A DSN and a URL must escape it.
const MySQLPassword = "pa ss:w@rd/"

// mySQLAccounts are made when the server is: its own root may only come from
// the machine by name, and the servers of tests look up no names.
const mySQLAccounts = `CREATE USER 'root'@'%' IDENTIFIED WITH caching_sha2_password BY '';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
CREATE USER 'app'@'%' IDENTIFIED WITH caching_sha2_password BY '` + MySQLPassword + `';
GRANT ALL ON *.* TO 'app'@'%' WITH GRANT OPTION;
`

// A mySQLServer is a data directory, and the port that its server gets.
type mySQLServer struct {
	kind               *kind
	program, dir, port string
}

func startMySQL(k *kind) (*Server, error) {
	m, err := newMySQLServer(k)
	if err != nil {
		return nil, err
	}
	p, err := m.start("--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0")
	if err != nil {
		return nil, err
	}
	atStop(p.stop)
	return m.server(), nil
}

func newMySQLServer(k *kind) (*mySQLServer, error) {
	program, err := k.program(k.programs...)
	if err != nil {
		return nil, err
	}
	m := &mySQLServer{kind: k, program: program}
	template, err := k.newer.template(m.initialize)
	if err != nil {
		return nil, err
	}
	if m.dir, err = serverDir("mysql"); err != nil {
		return nil, err
	}
	// The tables are mostly holes.
	if err := exec.Command("cp", "-a", "--sparse=always", filepath.Join(template, "data"), m.dir).Run(); err != nil {
		return nil, err
	}
	// The server makes itself another name than the template's.
	if err := os.RemoveAll(filepath.Join(m.dir, "data/auto.cnf")); err != nil {
		return nil, err
	}
	m.port, err = freePort()
	return m, err
}

// usr are the options that say where the package's files are.
func usr(k *kind) []string {
	dir := filepath.Join(k.newer.dir(), "usr")
	return []string{"--basedir=" + dir, "--lc-messages-dir=" + dir + "/share/mysql", "--character-sets-dir=" + dir + "/share/mysql/charsets",
		"--plugin-dir=" + dir + "/lib/mysql/plugin"}
}

func (m *mySQLServer) initialize(dir string) error {
	accounts := filepath.Join(dir, "accounts.sql")
	if err := os.WriteFile(accounts, []byte(mySQLAccounts), 0o644); err != nil {
		return err
	}
	args := append([]string{"--no-defaults", "--initialize-insecure", "--init-file=" + accounts, "--datadir=" + filepath.Join(dir, "data"),
		"--tmpdir=" + dir, "--skip-log-bin", "--performance-schema=0", "--innodb-redo-log-capacity=64M",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"}, usr(m.kind)...)
	return prepare(dir, m.program, args...)
}

func (m *mySQLServer) address() string { return net.JoinHostPort("127.0.0.1", m.port) }

func (m *mySQLServer) socket() string { return filepath.Join(m.dir, "socket") }

func (m *mySQLServer) start(more ...string) (*process, error) {
	args := append([]string{"--no-defaults", "--datadir=" + filepath.Join(m.dir, "data"), "--tmpdir=" + m.dir, "--socket=" + m.socket(),
		"--pid-file=" + filepath.Join(m.dir, "pid"), "--bind-address=127.0.0.1", "--port=" + m.port, "--mysqlx=0",
		"--innodb-buffer-pool-size=16M", "--innodb-redo-log-capacity=64M", "--performance-schema=0", "--skip-name-resolve",
		"--max-connections=200", "--secure-file-priv=NULL"}, usr(m.kind)...)
	p, err := startProcess(m.dir, syscall.SIGKILL, m.program, append(args, more...)...)
	if err != nil {
		return nil, err
	}
	return p, p.awaitAt(m.address(), m.kind.answers(m.address()))
}

func (m *mySQLServer) server() *Server {
	return &Server{URL: &url.URL{Scheme: "mysql", User: url.User("root"), Host: m.address()}, Socket: m.socket(), kind: m.kind}
}
