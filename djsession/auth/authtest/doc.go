// Package authtest tests handlers that ask who is logged in, without a database
// and without a Django.
//
//	func TestOrders(t *testing.T) {
//		alice := &auth.User{Username: "alice", IsActive: true}
//		sessions := djsession.NewManager(memstore.New(nil), nil)
//		login := auth.New(authtest.NewUsers(alice), "secret", nil)
//		r := authtest.Request(t, sessions, login, alice, map[string]any{"cart": []string{"tea"}})
//		w := httptest.NewRecorder()
//		sessions.Handler(login.Handler(orders)).ServeHTTP(w, r)
//		// check what w has recorded
//	}
//
// [Request] is one request of a user. A [Browser] keeps cookies from one
// request to the next, as for a login form. [Users] are users in memory, with
// permissions. All work with any store, and any UserFinder.
package authtest
