package main

import (
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// plot draws how time grows with a session and with a table.
func (r *results) plot(dir string) error {
	if err := r.grow(filepath.Join(dir, "growth-session.svg"), "Growth", "payload-bytes", "payload (bytes)"); err != nil {
		return err
	}
	return r.grow(filepath.Join(dir, "growth-rows.svg"), "Rows", "rows", "rows")
}

// grow draws a line for each benchmark Group/line/size/djsession; the unit of the same name is where a point stands.
func (r *results) grow(path, group, unit, label string) error {
	lines := make(map[string]plotter.XYs)
	var names []string
	for _, row := range r.rows() {
		full := row.full("djsession")
		x, y := r.median(full, unit), r.best(full, seconds)
		if row.group != group || !(x > 0) || !(y > 0) {
			continue
		}
		name := row.name[:strings.LastIndexByte(row.name, '/')]
		if lines[name] == nil {
			names = append(names, name)
		}
		lines[name] = append(lines[name], plotter.XY{X: x, Y: y * 1e6})
	}
	if len(names) == 0 {
		return nil // they were not run
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = label, "time (µs)"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	slices.Sort(names)
	for i, name := range names {
		line, points, err := plotter.NewLinePoints(lines[name])
		if err != nil {
			return err
		}
		line.Color, points.Color, points.Shape = plotutil.Color(i), plotutil.Color(i), plotutil.Shape(i)
		p.Add(line, points)
		p.Legend.Add(name, line, points)
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, path)
}
