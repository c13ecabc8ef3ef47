// Package messages is Django's messages framework: short texts, such as
// "Saved.", that one request leaves for the page which the browser is shown
// next. A message that Go leaves shows on the next page of Django, and the
// other way round.
//
//	flash := messages.New(sessions, os.Getenv("DJANGO_SECRET_KEY"), nil)
//	http.ListenAndServe(addr, sessions.Handler(flash.Handler(router)))
//
// A handler leaves a message and redirects; the next one shows all that there
// are, and they are gone:
//
//	messages.Success(r, "Saved.")
//	http.Redirect(w, r, "/orders/", http.StatusSeeOther)
//
//	found, err := messages.All(r)
//
// In a template, {{range .Messages}}<p class="{{.Tags}}">{{.HTML}}</p>{{end}}.
//
// Both must be called before the first byte of the response, because what
// changes is sent in its header.
//
// # Storages
//
// As in Django, messages are in the signed cookie "messages", and those that do
// not fit there in the session: [StorageFallback]. A site that has set
// MESSAGE_STORAGE needs Options.Storage. The cookie has the attributes of the
// session's cookie.
//
// Django 3.2 to 6.1 read and write what the defaults do. Django before 3.2 has
// other cookies: see Options.Layout. Those of all versions are read, but for
// messages in the session of Django 1.4, which are left alone.
//
// # Where it differs from Django
//
//   - What is not understood, such as messages of a later Django, is neither
//     shown nor thrown away: it stays for who understands it. So does a cookie
//     whose signature is not valid, until a message is added.
//   - Messages that do not fit into the cookie join those in the session, also
//     where the cookie did not say that there were some.
//   - In read-only mode messages are shown and stay, and adding one is a
//     djsession.ErrReadOnly.
//
// # Security considerations
//
// A message is text, which pages escape. One that was added as a template.HTML
// is not escaped, here or in Django: never put into it what came from outside.
// The cookie is signed and not secret; do not put into a message what the user
// may not know.
//
// Django: django.contrib.messages.
package messages
