package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A client is a browser that goes to each side in turn.
type client struct {
	id     int
	run    *run
	random *rand.Rand
	cookie string
	model  *model
	dead   []string // keys whose session has ended, or has another key now
	value  int      // of the last change
	last   history
}

// A history is a client's last requests, for those who look for a fault.
type history struct {
	mu    sync.Mutex
	lines []string
}

func (h *history) add(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lines = append(h.lines, line); len(h.lines) > 12 {
		h.lines = h.lines[1:]
	}
}

func (h *history) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.lines, "\n\t")
}

// interrupted reports whether a side says that the session has ended. Django
// says so for any error of its database.
func interrupted(side string, a answer) bool {
	return a.status == http.StatusBadRequest && side != "dj"
}

// answer is what a side said, and the session's cookie after it.
type answer struct {
	status int
	seen   seen
	cookie string
}

func (a answer) ok() bool { return a.status == http.StatusOK }

// ask sends a request with a cookie. A status of 0 is an answer that was cut.
func (c *client) ask(side, path, cookie string, form url.Values) answer {
	a := answer{cookie: cookie}
	began := time.Now()
	defer func() {
		c.last.add(fmt.Sprintf("%s +%v %s %s %s of %s: %d, now %s, %v", began.Format("15:04:05.000"), time.Since(began).Round(time.Millisecond),
			side, path, form.Encode(), djsession.Fingerprint(cookie), a.status, djsession.Fingerprint(a.cookie), a.seen))
	}()
	r, err := http.NewRequest(http.MethodGet, c.run.sides[side]+"/"+path+"?"+form.Encode(), nil)
	if err != nil {
		panic(err)
	}
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: cookie})
	}
	defer c.run.enter(side)()
	response, err := c.run.http.Do(r)
	if err != nil {
		c.run.count(side + " cut")
		return a
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.run.count(side + " cut")
		return a
	}
	a.status = response.StatusCode
	c.run.count(fmt.Sprintf("%s %s %d", side, path, a.status))
	if path == "who" && a.ok() {
		if err := json.Unmarshal(body, &a.seen); err != nil {
			c.run.fault(c, side, "no JSON", path)
		}
	}
	for _, cookie := range response.Cookies() {
		if cookie.Name == "sessionid" {
			a.cookie = cookie.Value
		}
	}
	return a
}

func (c *client) live(ctx context.Context) {
	for ctx.Err() == nil {
		c.step()
		time.Sleep(time.Duration(c.random.IntN(20)) * time.Millisecond)
	}
}

func (c *client) step() {
	side := c.run.pick(c.random)
	switch p := c.random.IntN(100); {
	case p < 35:
		c.check(side, "")
	case p < 55:
		c.set(side)
	case p < 65:
		c.setTwice()
	case p < 78:
		c.login(side)
	case p < 84:
		c.cycle(side)
	case p < 88:
		c.cycleTwice()
	case p < 94:
		c.logout(side, c.random.IntN(2) == 0)
	case len(c.dead) > 0:
		c.mustBeDead(side, c.dead[c.random.IntN(len(c.dead))], "later")
	}
}

// check compares what a side says with the model.
func (c *client) check(side, after string) {
	a := c.ask(side, "who", c.cookie, nil)
	if !a.ok() {
		return // an outage: it says nothing of the session
	}
	if fault := c.model.allows(a.seen); fault != "" {
		c.run.fault(c, side, fault, fmt.Sprintf("after %s: %+v, not %+v", after, a.seen, *c.model))
		c.startAgain() // so that one fault is counted once
	}
}

// mustBeDead checks that a key is worth nothing.
func (c *client) mustBeDead(side, key, when string) {
	a := c.ask(side, "who", key, nil)
	if a.ok() && (a.seen.User != "" || len(a.seen.Names) > 0) {
		c.run.fault(c, side, "an old key is alive", when)
	}
}

// mustBeAnonymous checks the new session of a change that came after a logout.
func (c *client) mustBeAnonymous(side, key string) {
	if a := c.ask(side, "who", key, nil); a.ok() && a.seen.User != "" {
		c.run.fault(c, side, "a logout was undone", "under a new key")
	}
}

// startAgain forgets the session, of which nothing is known any more.
func (c *client) startAgain() { c.cookie, c.model = "", fresh() }

func (c *client) next() (name, value string) {
	c.value++
	return fmt.Sprintf("n%d", c.random.IntN(5)), fmt.Sprintf("%d-%d", c.id, c.value)
}

func (c *client) set(side string) {
	name, value := c.next()
	c.changed(side, name, value, c.ask(side, "set", c.cookie, url.Values{"name": {name}, "value": {value}}))
	c.check(c.run.pick(c.random), side+" set")
}

// changed tells the model of a change.
func (c *client) changed(side, name, value string, a answer) {
	switch {
	case a.cookie != c.cookie:
		if !c.model.gone() {
			c.run.fault(c, side, "an outage became a logout", "set made a new session")
		}
		c.cookie, c.model = a.cookie, fresh()
		c.model.set(name, value, a.ok())
	case interrupted(side, a):
		if !c.model.gone() {
			c.run.fault(c, side, "an outage became a logout", "set was interrupted")
		}
		c.startAgain()
	default:
		c.model.set(name, value, a.ok())
	}
}

// setTwice changes two names at once: each Go service merges.
func (c *client) setTwice() {
	if c.cookie == "" {
		return
	}
	var wait sync.WaitGroup
	var answers [2]answer
	names, values := []string{"m0", "m1"}, [2]string{}
	for i, side := range []string{"go1", "go2"} {
		_, values[i] = c.next()
		wait.Go(func() {
			answers[i] = c.ask(side, "set", c.cookie, url.Values{"name": {names[i]}, "value": {values[i]}})
		})
	}
	wait.Wait()
	cookie := c.cookie
	for i, side := range []string{"go1", "go2"} {
		if c.cookie != cookie { // the session was gone, and each answer made another
			break
		}
		c.changed(side, names[i], values[i], answers[i])
	}
	c.check(c.run.pick(c.random), "two sets at once")
}

func (c *client) login(side string) {
	user := fmt.Sprintf("u%d", c.id*usersEach+c.random.IntN(usersEach))
	old, sure := c.cookie, c.model.certain() && c.model.users[0] != ""
	same := sure && c.model.users[0] == user
	a := c.ask(side, "login", old, url.Values{"user": {user}})
	switch {
	case a.ok():
		c.model.loggedIn(user)
		c.cookie = a.cookie
		if old != "" && a.cookie != old {
			c.bury(old, side+" login")
		}
		if old != "" && a.cookie == old && !same {
			c.run.fault(c, side, "a login kept the key", "")
		}
		c.check(c.run.pick(c.random), side+" login")
	case interrupted(side, a) && !c.model.gone():
		c.run.fault(c, side, "an outage became a logout", "login was interrupted")
		fallthrough
	default: // the session may have a key that we were not told
		c.startAgain()
	}
}

func (c *client) cycle(side string) {
	if c.cookie == "" {
		return
	}
	c.cycled(side, c.cookie, c.ask(side, "cycle", c.cookie, nil))
}

func (c *client) cycled(side, old string, a answer) {
	if !a.ok() {
		if interrupted(side, a) && !c.model.gone() {
			c.run.fault(c, side, "an outage became a logout", "cycle was interrupted")
		}
		c.startAgain()
		return
	}
	if a.cookie == old {
		c.run.fault(c, side, "a cycle kept the key", "")
	}
	if c.model.gone() { // Django makes a session of what it has read
		c.startAgain()
		return
	}
	c.cookie = a.cookie
	c.bury(old, side+" cycle")
	c.check(c.run.pick(c.random), side+" cycle")
}

// cycleTwice gives the session two new keys at once. One of them wins. The
// other finds no session under the old key: it is interrupted, or it was late
// and has a new session that is empty.
func (c *client) cycleTwice() {
	if c.cookie == "" || c.model.gone() {
		return
	}
	var wait sync.WaitGroup
	var answers [2]answer
	old, sides := c.cookie, [2]string{"go1", "go2"}
	for i, side := range sides {
		wait.Go(func() { answers[i] = c.ask(side, "cycle", old, nil) })
	}
	wait.Wait()
	winner, winners := -1, 0
	for i, a := range answers {
		if !a.ok() && !interrupted(sides[i], a) {
			c.startAgain() // it may have won all the same
			return
		}
		if !a.ok() {
			continue
		}
		after := c.ask(sides[i], "who", a.cookie, nil)
		if !after.ok() {
			c.startAgain()
			return
		}
		if after.seen.User != "" || len(after.seen.Names) > 0 {
			winner = i
			winners++
		}
	}
	if winners != 1 {
		c.run.fault(c, "go1", "two cycles at once", fmt.Sprintf("%d won", winners))
		c.startAgain()
		return
	}
	c.cycled(sides[winner], old, answers[winner])
}

// logout logs out, perhaps while other requests change the session.
func (c *client) logout(side string, race bool) {
	if c.cookie == "" {
		return
	}
	old := c.cookie
	var wait sync.WaitGroup
	if race {
		for _, other := range []string{"go1", "go2"} {
			path := []string{"set", "cycle"}[c.random.IntN(2)]
			delay := time.Duration(c.random.IntN(8)) * time.Millisecond
			wait.Go(func() {
				time.Sleep(delay)
				a := c.ask(other, path, old, url.Values{"name": {"race"}, "value": {"x"}})
				if path == "set" && a.ok() && a.cookie != old {
					c.mustBeAnonymous(other, a.cookie)
				}
			})
		}
		time.Sleep(time.Duration(c.random.IntN(8)) * time.Millisecond)
	}
	a := c.ask(side, "logout", old, nil)
	wait.Wait()
	if a.ok() {
		c.bury(old, fmt.Sprintf("%s logout, race %v", side, race))
	}
	c.startAgain()
}

// bury checks on every side that a key is worth nothing, now and later.
func (c *client) bury(key, why string) {
	for side := range c.run.sides {
		c.mustBeDead(side, key, "after "+why)
	}
	if c.dead = append(c.dead, key); len(c.dead) > 20 {
		c.dead = c.dead[1:]
	}
}
