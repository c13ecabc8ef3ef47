package api

import (
	"go/ast"
	"path"
	"strings"
)

// internals returns the exported names of a package whose declarations name a
// type of an internal package.
func internals(root, dir string) ([]string, error) {
	files, err := parse(root, dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, file := range files {
		hidden := make(map[string]bool) // by the name it is imported as
		for _, spec := range file.Imports {
			name := strings.Trim(spec.Path.Value, `"`)
			if strings.Contains(name, "/internal/") {
				hidden[path.Base(name)] = true
			}
		}
		ast.FileExports(file)
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if (d.Recv == nil || ast.IsExported(receiver(d))) && names(d.Type, hidden) {
					found = append(found, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok && names(s.Type, hidden) {
						found = append(found, s.Name.Name)
					}
					if s, ok := spec.(*ast.ValueSpec); ok && s.Type != nil && names(s.Type, hidden) {
						found = append(found, s.Names[0].Name)
					}
				}
			}
		}
	}
	return found, nil
}

// names reports whether a type names one of a hidden package.
func names(node ast.Node, hidden map[string]bool) (yes bool) {
	ast.Inspect(node, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok && hidden[id.Name] {
				yes = true
			}
		}
		return !yes
	})
	return yes
}
