package browser

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestForms has a browser send Django's forms to Go and Go's to Django, with
// all that browsers say of where a form is from, and forms that must not count.
func TestForms(t *testing.T) {
	testenv.Browser(t)
	testenv.GetDjango(t, "5.2")
	tab := openTab(t, openShop(t, "5.2"))

	tab.open("/") // Go's page, which sets the cookie
	tab.script(`document.querySelector("form[action='/cart']").action = "/shop-django/"; document.querySelector("[name=add]").value = "cup-7"`)
	tab.click("[name=add]")
	tab.see(".served", "served by Django")
	tab.see("#cart", "Cup No. 7")
	tab.script(`document.querySelector(".shelf form").action = "/cart"; document.querySelector("[name=add]").value = "tea-100"`)
	tab.click("[name=add]")
	tab.see(".served", "served by Go")
	tab.see("#cart", "Cup No. 7", "Sencha, 100 g")

	const spoil = `document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(e => e.value = "x".repeat(64))`
	tab.script(spoil)
	tab.click("[name=add]")
	tab.see("body", "Forbidden (403)", "CSRF verification failed")
	tab.looks("7-csrf-failure")
	tab.open("/shop-django/")
	tab.script(spoil)
	tab.click("[name=add]")
	tab.see("body", "CSRF verification failed") // Django's own page

	tab.open("/login")
	tab.script(`document.cookie = "csrftoken=; Max-Age=0; Path=/"`) // as a browser that takes no cookies
	tab.logIn("carol")
	tab.see("body", "This site needs a cookie")
	tab.open("/login")
	tab.logIn("carol")
	tab.see("#who", "Carol")
	tab.open("/shop-django/")
	tab.click(".who button") // Django's form, which logs out on Go
	tab.see(".served", "served by Go", "No user is logged in")
}
