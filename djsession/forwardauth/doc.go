// Package forwardauth lets a proxy ask who a request's user is: any service in
// any language then knows the Django user, and needs no code for it.
//
// nginx (auth_request), Caddy (forward_auth), Traefik (ForwardAuth), HAProxy,
// APISIX, and Envoy (ext_authz, by HTTP or gRPC) with what is built on it, ask
// a [Handler] before they pass a request on. It answers from the session that
// Django keeps: 200 with the user in headers, or a login page, a 401, a 403.
//
//	h, err := forwardauth.New(sessions, login, &forwardauth.Options{
//		From:      forwardauth.XOriginal, // nginx
//		Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff},
//	})
//	...
//	server := forwardauth.NewServer(h)
//	err = server.Serve(listener)
//
// The command djsession forward-auth is such a program, and prints a tested
// configuration of each proxy.
//
// # Answers
//
//	the session is valid, the user active, the rule met      200, the identity headers
//	no session, or one that Django would not take            401, or 302 to the login page
//	the rule is not met                                      403
//	the proxy's headers are missing or malformed,
//	session cookies differ                                   400 (XOriginal: 403)
//	no such endpoint                                         404 (XOriginal: 403)
//	the store or the database does not answer                503: never "logged out"
//
// A 302 is for a browser that waits for a page; scripts and forms get a 401. In
// the family [XOriginal] it is always a 401, with the login page in the header
// Location, because nginx cannot pass on a redirect. With [Optional] a request
// without a user gets a 200 with empty identity headers.
//
// Nothing is written: a session is not saved, flushed or given another key, and
// no cookie is sent. No answer may be cached.
//
// # What the upstream may believe
//
// Headers are as good as the way to the upstream: it must be reachable through
// the proxy only, and the proxy must put each name of [Headers.Names] in place
// of what the client sent. Servers that speak CGI, WSGI or the like take
// X_Auth_Request_User and X-Auth-Request-User for one name, so that the proxy
// must drop names with underscores, as nginx does (and HAProxy, Caddy and Envoy
// do not by themselves). Caddy 2.9 to 2.11.1 leave the client's header where
// the answer has none, or an empty one: do not use [Optional] with them.
//
// An upstream that wants to be sure takes the signed header (Options.Sign) and
// checks it: in Go with a [Verifier], in Python with
//
//	def user(token, key):  # the header's value and Options.Sign; PyJWT does it too
//	    text, _, mac = token.rpartition(".")
//	    want = base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256"))
//	    head, _, body = text.partition(".")
//	    if head != "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" or not hmac.compare_digest(want.rstrip(b"="), mac.encode()):
//	        return None
//	    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
//	    return claims if claims["exp"] > time.time() and claims["iss"] == "djsession" else None
//
// and in Node with
//
//	function user(token, key) {
//	  const [head, body, mac] = token.split(".");
//	  const want = crypto.createHmac("sha256", key).update(head + "." + body).digest();
//	  const got = Buffer.from(mac || "", "base64url");
//	  if (head !== "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" || got.length !== want.length || !crypto.timingSafeEqual(got, want)) return null;
//	  const claims = JSON.parse(Buffer.from(body, "base64url"));
//	  return claims.exp > Date.now() / 1000 && claims.iss === "djsession" ? claims : null;
//	}
//
// # Limits
//
// Rules belong to endpoints, and which location asks which endpoint is for the
// proxy to say. There are no rules by path here, because a proxy, this package
// and the upstream may each read a path differently.
//
// The user is who is logged in. While staff act as another with
// django-impersonate, the upstream is told the member of staff, whatever Django
// shows. With django-hijack the session is the other user's, and so is what the
// upstream is told.
//
// Leave the proxy's switches off that let requests pass when the service fails:
// failure_mode_allow, failOpen, allow_degradation.
package forwardauth
