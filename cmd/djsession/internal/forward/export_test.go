package forward

import "time"

// LookNow has the files looked at for the next client.
func (c *Certificate) LookNow() { c.looked = time.Time{} }
