package signing

import "errors"

// Errors to branch on with [errors.Is].
var (
	// ErrBadSignature says that a value was not signed with this key, salt and
	// algorithm, or has been changed.
	// Django: django.core.signing.BadSignature.
	ErrBadSignature = errors.New("signing: signature does not match")

	// ErrSignatureExpired says that a good signature is older than
	// Options.MaxAge. It matches [ErrBadSignature] too.
	// Django: django.core.signing.SignatureExpired.
	ErrSignatureExpired error = expiredError{}

	// ErrMalformed says that a value with a good signature is not what [Dumps]
	// makes.
	ErrMalformed = errors.New("signing: signed value is malformed")

	// ErrTooLarge says that a payload is larger than Options.MaxSize.
	ErrTooLarge = errors.New("signing: payload is larger than allowed")

	// ErrNoKey says that the secret key is empty. Set it to the site's
	// SECRET_KEY.
	ErrNoKey = errors.New("signing: the secret key is empty: set it to the site's SECRET_KEY")

	// ErrBadSeparator says that Options.Sep could be part of a signature.
	// Choose one that is none of A-z, 0-9, -, _, =.
	ErrBadSeparator = errors.New("signing: unsafe separator")
)

type expiredError struct{}

func (expiredError) Error() string        { return "signing: signature has expired" }
func (expiredError) Is(target error) bool { return target == ErrBadSignature }
