package settings

import (
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// UserOptions is where the site keeps its users.
func (s *Site) UserOptions() *dbusers.Options { return s.of.UserOptions() }

// TableOptions is how the site keeps its sessions in a table.
func (s *Site) TableOptions() *dbstore.UserOptions { return s.of.TableOptions() }

// AuthOptions is whose logins count.
func (s *Site) AuthOptions() *auth.Options { return s.of.AuthOptions() }
