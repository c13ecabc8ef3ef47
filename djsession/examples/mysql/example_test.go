// Package mysql_test opens a site on MySQL by the URL in djsession.toml.
package mysql_test

import (
	"database/sql"
	"fmt"
	"log"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// The URL in djsession.toml becomes a DSN of the MySQL driver. A server behind
// a socket or TLS needs the URL's parameters too: 'djsession help stores' lists
// them.
func Example() {
	site := &djsite.Site{SecretKey: "secret", Databases: map[string]djsite.Database{
		"default": {URL: "mysql://django:pa%20ss%3Aw%40rd%2F@127.0.0.1:3306/site"},
	}}
	u, err := url.Parse(site.Databases["default"].URL)
	if err != nil {
		log.Fatal(err)
	}
	config := mysql.NewConfig()
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.Net, config.Addr = "tcp", u.Host
	config.DBName = strings.TrimPrefix(u.Path, "/")
	connector, err := mysql.NewConnector(config)
	if err != nil {
		log.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()

	if _, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.User, config.Passwd, config.Addr, config.DBName)
	// Output: django pa ss:w@rd/ 127.0.0.1:3306 site
}
