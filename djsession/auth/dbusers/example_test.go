package dbusers_test

import (
	"database/sql"
	"fmt"
	"net/http"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A user model of the app "accounts" that logs in by email, has UUIDs, no
// names, and a tenant.
//
//	class Member(AbstractBaseUser, PermissionsMixin):
//	    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
//	    email = models.EmailField(unique=True)
//	    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
//	    is_active = models.BooleanField(default=True)
//	    is_staff = models.BooleanField(default=False)
//	    USERNAME_FIELD = "email"
func ExampleNew_customUsers() {
	type member struct{ tenantID int64 }

	var db *sql.DB
	users := dbusers.New(db, sqldialect.PostgreSQL, &dbusers.Options{
		Table:   "accounts_member",
		PK:      auth.PKUUID,
		Columns: dbusers.Columns{Username: "email", FirstName: dbusers.None, LastName: dbusers.None, DateJoined: dbusers.None},
		Extra:   []string{"tenant_id"},
		ScanExtra: func(u *auth.User) []any {
			m := new(member)
			u.Extra = m
			return []any{&m.tenantID}
		},
	})
	login := auth.New(users, "the site's SECRET_KEY", nil)
	http.Handle("/go/tenant", login.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, auth.UserFromContext(r.Context()).Extra.(*member).tenantID)
	})))
}
