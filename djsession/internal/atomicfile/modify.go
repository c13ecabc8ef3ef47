package atomicfile

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
)

// maxRaces is how often a file may be replaced by others during one Modify
// before something else must be wrong.
const maxRaces = 1000

// Modify puts what change makes of a file in its place, under the file's lock.
// Who does not lock, as Django does not, may have replaced the file meanwhile:
// where the system lets us see that, change is called again for what they
// wrote. A version that could not be read comes with the reason. If there is no
// file, or it goes, that is an error that matches fs.ErrNotExist. An error of
// change is returned as it is, and after that, or too many replacements, which
// are a [djsession.ErrRaces], the last version of the others is there.
func Modify(ctx context.Context, path string, maxSize int64, change func(v *Version, err error) (*Draft, error)) error {
	lock, err := Take(ctx, path)
	if err != nil {
		return err
	}
	defer lock.Release()
	v, err := lock.Read(maxSize)
	if v == nil {
		return err
	}
	expected := v.Info
	var last *Draft // what stands in the place of a version that change has not seen
	for range maxRaces {
		d, changeErr := change(v, err)
		if last != nil {
			if changeErr != nil {
				last.takeBack(path)
			}
			last.Discard()
		}
		if changeErr != nil {
			return changeErr
		}
		if err := d.Replace(path); err != nil {
			d.Discard()
			return err
		}
		v, err = d.displaced(maxSize)
		if v == nil || same(v.Info, expected) {
			d.Discard()
			return nil
		}
		expected, last = d.info, d
	}
	last.takeBack(path)
	last.Discard()
	return djsession.ErrRaces
}
