package api

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// exported lists the exported names of a package, one a line, sorted: functions
// and methods with their signatures, types with their fields and methods.
func exported(root, dir string) ([]string, error) {
	files, err := parse(root, dir)
	if err != nil {
		return nil, err
	}
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, dir+": "+fmt.Sprintf(format, args...))
	}
	for _, file := range files {
		ast.FileExports(file)
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && !ast.IsExported(receiver(d)) {
					continue
				}
				d.Body, d.Doc = nil, nil
				add("%s", source(d))
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					addSpec(add, d.Tok, spec)
				}
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

func addSpec(add func(format string, args ...any), tok token.Token, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if s.Type != nil {
				add("%s %s %s", tok, name, source(s.Type))
			} else {
				add("%s %s", tok, name)
			}
		}
	case *ast.TypeSpec:
		addType(add, s)
	}
}

// addType adds a line for the type and one for each field or method, so that a
// new one is one new line.
func addType(add func(format string, args ...any), s *ast.TypeSpec) {
	name := "type " + s.Name.Name
	if s.TypeParams != nil {
		name += "[...]"
	}
	var members *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		add("%s struct", name)
		members = t.Fields
	case *ast.InterfaceType:
		add("%s interface", name)
		members = t.Methods
	default:
		if s.Assign.IsValid() {
			name += " ="
		}
		add("%s %s", name, source(s.Type))
		return
	}
	for _, m := range members.List {
		if len(m.Names) == 0 {
			add("%s, %s", name, source(m.Type))
		}
		for _, n := range m.Names {
			add("%s, %s %s", name, n, source(m.Type))
		}
	}
}

func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// source prints a node on one line.
func source(node any) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), node); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func parse(root, dir string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
