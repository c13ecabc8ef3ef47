package survey

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"count": humanize.Comma,
	"bytes": func(n int64) string { return humanize.IBytes(uint64(n)) },
	"date":  func(t time.Time) string { return t.Format("2 January 2006, 15:04 MST") },
	"share": human.Share,
}).Parse(pageText))

// HTML writes the report as one page that needs nothing else: no scripts, fonts
// or pictures from anywhere. where names the store.
func (r *Report) HTML(w io.Writer, where string) error {
	return page.Execute(w, struct {
		*Report
		Where    string
		Sections []section
	}{r, where, r.sections()})
}

// A section is a chart of the page, and what it is about.
type section struct {
	Title, Note string
	Bars        []pageBar
}

// A pageBar is a bar of a chart.
type pageBar struct {
	Bucket
	Colour  string
	Percent string // its length
	Share   string // of all, or nothing
}

// chart draws bars of one colour. of is 100 %; if it is 0, the longest bar is,
// and no shares are shown.
func chart(colour string, of int64, buckets ...Bucket) []pageBar {
	scale := of
	for _, b := range buckets {
		if of == 0 {
			scale = max(scale, b.Sessions)
		}
	}
	var bars []pageBar
	for _, b := range buckets {
		bar := pageBar{Bucket: b, Colour: colour, Percent: "0"}
		if scale > 0 {
			bar.Percent = fmt.Sprintf("%.2f", 100*float64(b.Sessions)/float64(scale))
		}
		if of > 0 {
			bar.Share = human.Share(b.Sessions, of)
		}
		bars = append(bars, bar)
	}
	return bars
}

// sections are the charts that have something to show.
func (r *Report) sections() []section {
	all, live := r.Sessions, r.Live.Sessions
	var sections []section
	add := func(shown bool, title, note string, charts ...[]pageBar) {
		if shown {
			sections = append(sections, section{title, note, slices.Concat(charts...)})
		}
	}
	known := len(r.Serializers) > 0
	add(live > 0, "Whose they are", "live sessions",
		chart("green", live, Bucket{"logged in", r.Live.LoggedIn}),
		chart("blue", live, Bucket{"anonymous", r.Live.Anonymous}),
		chart("grey", live, Bucket{"empty", r.Live.Empty}),
		chart("red", live, Bucket{"unreadable", r.Live.Unread}))
	add(known, "Which Django can read them", "with the same secret keys", chart("blue", all, r.readerBuckets()...))
	add(known, "How they are written", "all sessions", r.written(all))
	add(len(r.Unreadable) > 0, "Not readable", "with these secret keys", chart("red", all, r.Unreadable...))
	add(all > 0, "Size in the store", fmt.Sprintf("median %s, 99 %% up to %s, largest %s",
		humanize.IBytes(uint64(r.Stored.Median)), humanize.IBytes(uint64(r.Stored.P99)), humanize.IBytes(uint64(r.Stored.Max))),
		chart("blue", 0, Shown(r.Stored.Bands)...))
	add(live > 0, "Last saved", "live sessions", r.ages())
	add(live > 0, "When they end", "live sessions", chart("green", 0, Shown(r.Expiring)...))
	add(r.Expired.Sessions > 0, "Expired, and still there", "djsession clear deletes them", chart("grey", 0, Shown(r.ExpiredSince)...))
	add(len(r.Users.Top) > 0, "Users with most live sessions", r.usersNote(), chart("blue", 0, r.topUsers()...))
	add(len(r.Names) > 0, "Names in most sessions", "all sessions", chart("blue", all, r.topNames()...))
	return sections
}

func (r *Report) usersNote() string {
	if r.Users.Exact {
		return "of " + humanize.Comma(r.Users.Distinct) + " who are logged in"
	}
	return fmt.Sprintf("of more than %s; counts may be %d too small", humanize.Comma(r.Users.Distinct), r.Users.MaxError)
}

func (r *Report) written(all int64) []pageBar {
	bars := chart("green", all, Bucket{"modern layout", r.Layouts[0].Sessions})
	bars = append(bars, chart("amber", all, Bucket{"legacy layout", r.Layouts[1].Sessions})...)
	for _, s := range r.Serializers {
		colour := "green"
		if s.Title == "pickle" {
			colour = "amber"
		}
		bars = append(bars, chart(colour, all, s)...)
	}
	for i, k := range r.Keys {
		colour := "green"
		if i > 0 {
			colour = "amber"
		}
		bars = append(bars, chart(colour, all, k)...)
	}
	return append(bars, chart("grey", all, Bucket{"compressed", r.Compressed})...)
}

// ages has what is not known in grey.
func (r *Report) ages() []pageBar {
	bars := chart("blue", 0, slices.Concat(Shown(r.Ages), []Bucket{{"not known", r.Undated}})...)
	bars[len(bars)-1].Colour = "grey"
	return bars
}

func (r *Report) readerBuckets() (all []Bucket) {
	for _, reader := range r.Readers {
		title := reader.Django
		if reader.Serializer == "pickle" {
			title += ", pickle"
		}
		all = append(all, Bucket{title, reader.Sessions})
	}
	return all
}

func (r *Report) topUsers() (all []Bucket) {
	for _, u := range r.Users.Top {
		all = append(all, Bucket{"user " + u.User, u.Sessions})
	}
	return all
}

func (r *Report) topNames() (all []Bucket) {
	for _, n := range r.Names {
		all = append(all, Bucket{n.Name, n.Sessions})
	}
	return all
}
