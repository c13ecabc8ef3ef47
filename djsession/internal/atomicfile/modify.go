package atomicfile

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
)

// maxRaces is how often a file may be replaced by others during one Modify
// before something else must be wrong.
const maxRaces = 1000

// Modify replaces a file by what change makes of it, under the file's lock.
// Django takes no lock and may replace the file during the call: where the
// system shows that, change is called again with the new version. A version
// that cannot be read is passed with the reason. If there is no file, or it is
// deleted, the error matches fs.ErrNotExist. An error of change is returned as
// it is, and after that, or too many replacements, which are a
// [djsession.ErrRaces], the last version of the others is there.
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
