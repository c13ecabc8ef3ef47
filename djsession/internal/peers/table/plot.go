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

// An axis is a unit of a benchmark: its label, and its divisor. It is
// logarithmic, unless its values should not grow.
type axis struct {
	unit, label string
	scale       float64
	linear      bool
}

// plots show how cost grows, with a line for each benchmark
// Group/line/size/djsession.
var plots = []struct {
	file, group string
	x, y        axis
}{
	{"growth-session.svg", "Growth", axis{"payload-bytes", "payload (bytes)", 1, false}, axis{seconds, "time (µs)", 1e-6, false}},
	{"growth-rows.svg", "Table", axis{"rows", "rows", 1, false}, axis{seconds, "time (s)", 1, false}},
	{"growth-memory.svg", "Table", axis{"rows", "rows", 1, false}, axis{"peak-MiB", "most memory (MiB)", 1, true}},
}

func (r *results) plot(dir string) error {
	for _, p := range plots {
		if err := r.grow(filepath.Join(dir, p.file), p.group, p.x, p.y); err != nil {
			return err
		}
	}
	return nil
}

func (r *results) grow(path, group string, xAxis, yAxis axis) error {
	lines := make(map[string]plotter.XYs)
	var names []string
	for _, row := range r.rows() {
		full := row.full(ours)
		x, y := r.median(full, xAxis.unit)/xAxis.scale, r.best(full, yAxis.unit)/yAxis.scale
		if row.group != group || !(x > 0) || !(y > 0) {
			continue
		}
		name := row.name[:strings.LastIndexByte(row.name, '/')]
		if lines[name] == nil {
			names = append(names, name)
		}
		lines[name] = append(lines[name], plotter.XY{X: x, Y: y})
	}
	if len(names) == 0 {
		return nil // they were not run
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = xAxis.label, yAxis.label
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	if !yAxis.linear {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
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
	p.X.Max *= 1.7 // room for its label
	if yAxis.linear {
		p.Y.Min, p.Y.Max = 0, 1.5*p.Y.Max // room for the legend
	}
	return p.Save(16*vg.Centimeter, 10*vg.Centimeter, path)
}
