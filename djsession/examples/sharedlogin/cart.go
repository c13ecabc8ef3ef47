package main

import (
	"cmp"
	"math/big"
	"net/http"
	"slices"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/messages"
)

// An item is one line of the cart, as both sides write it into the session.
type item struct {
	SKU      string `json:"sku"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    string `json:"price"`
}

// shelf is what the Go side sells. Cups and pots are on Django's.
var shelf = []item{
	{SKU: "tea-100", Name: "Sencha, 100 g", Price: "4.50"},
	{SKU: "tea-200", Name: "Darjeeling, 100 g", Price: "6.80"},
	{SKU: "tea-300", Name: "White Peony, 50 g", Price: "11.20"},
}

type cart []item

func cartOf(s *djsession.Session) (cart, error) {
	c, _, err := djsession.Get[cart](s, "cart")
	return c, err
}

func (c cart) find(sku string) int {
	return slices.IndexFunc(c, func(i item) bool { return i.SKU == sku })
}

// Count is the number of things in the cart.
func (c cart) Count() (n int) {
	for _, i := range c {
		n += i.Quantity
	}
	return n
}

// Total is what they cost.
func (c cart) Total() string {
	sum := new(big.Rat)
	for _, i := range c {
		price, ok := new(big.Rat).SetString(i.Price)
		if !ok {
			continue
		}
		sum.Add(sum, price.Mul(price, big.NewRat(int64(i.Quantity), 1)))
	}
	return sum.FloatString(2)
}

// changeCart adds something from the shelf, or takes out what either side has
// put in.
func (s *shop) changeCart(w http.ResponseWriter, r *http.Request) error {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	c, err := cartOf(session)
	if err != nil {
		return err
	}
	if at := c.find(r.PostFormValue("remove")); at >= 0 {
		name := cmp.Or(c[at].Name, c[at].SKU)
		session.Set("cart", slices.Delete(c, at, at+1))
		err = messages.Info(r, name+" is out of the cart.")
	} else if sold := cart(shelf).find(r.PostFormValue("add")); sold >= 0 {
		at := c.find(shelf[sold].SKU)
		if at < 0 {
			at, c = len(c), append(c, shelf[sold])
		}
		c[at].Quantity++
		session.Set("cart", c)
		err = messages.Success(r, c[at].Name+" is in the cart.")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
