package sqldialect_test

import (
	"errors"
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

func ExampleWrapError() {
	err := sqldialect.WrapError(sqldialect.SQLite, "count", "django_session", errors.New("no such table: django_session"))
	var e *sqldialect.Error
	if errors.As(err, &e) && e.Problem == sqldialect.ProblemNoTable {
		fmt.Println("run manage.py migrate")
	}
	fmt.Println(errors.Is(err, djsession.ErrUnavailable))
	// Output:
	// run manage.py migrate
	// true
}

func ExampleDialect_Rebind() {
	query := "SELECT session_data FROM " + sqldialect.PostgreSQL.Quote("django_session") + " WHERE session_key = ?"
	fmt.Println(sqldialect.PostgreSQL.Rebind(query))
	// Output: SELECT session_data FROM "django_session" WHERE session_key = $1
}
