package term

import "charm.land/lipgloss/v2"

// A Theme is how things look: the zero one is plain.
type Theme struct {
	Head, Name, Dim, Good, Warn, Bad lipgloss.Style
}

// Theme is plain unless a person sees it and wants colours.
func (t *Terminal) Theme() Theme {
	plain := lipgloss.NewStyle()
	if !t.colours() {
		return Theme{plain, plain, plain, plain, plain, plain}
	}
	return Theme{
		Head: plain.Bold(true),
		Name: plain.Foreground(lipgloss.Cyan),
		Dim:  plain.Foreground(lipgloss.BrightBlack),
		Good: plain.Foreground(lipgloss.Green),
		Warn: plain.Foreground(lipgloss.Yellow),
		Bad:  plain.Foreground(lipgloss.Red),
	}
}
