package pickle

// SafeString is Django's django.utils.safestring.SafeString: text that
// templates do not escape. Name is the class's name where an older Django
// called it otherwise: "SafeText", "SafeUnicode". It equals the plain string as
// a dict key.
//
// Django: django.utils.safestring.SafeString.
type SafeString struct{ Text, Name string }

// LazyString is a string that Django has not evaluated yet, such as
// gettext_lazy's: a call that is not made.
//
// Django: django.utils.functional.lazy.
type LazyString struct {
	Func   any // what makes the string, as the [Class] {"django.utils.translation", "gettext"}
	Args   Tuple
	Kwargs *Dict
	Types  Tuple // the classes that the result may be of
}

// Message is a message of Django's messages framework. Text is a string, a
// [SafeString] or a *[LazyString]; ExtraTags a string or nil.
//
// Django: django.contrib.messages.storage.base.Message.
type Message struct {
	Level           int64
	Text, ExtraTags any
}
