// Package project asks a Django project for its settings, with the project's
// own Python, and makes settings of djsession of the answer.
package project

// Answer is what askdjango.py tells of a project.
type Answer struct {
	Django        string   `json:"django"`
	Python        int      `json:"python"`
	Engine        string   `json:"engine"`
	Extends       string   `json:"extends"`     // the engine that the SessionStore is made from, if djsession knows it
	OwnMethods    []string `json:"own_methods"` // of the SessionStore
	Serializer    string   `json:"serializer"`
	CookieName    string   `json:"cookie_name"`
	CookieAge     int64    `json:"cookie_age"`
	StoreName     string   `json:"store_name"`
	StoreQualname string   `json:"store_qualname"`
	Salt          string   `json:"salt"`
	CustomKeys    bool     `json:"custom_keys"`
	Hashing       string   `json:"hashing"`

	// The keys as text, or in base64 where they are none.
	SecretKey       string   `json:"secret_key"`
	SecretBase64    string   `json:"secret_key_base64"`
	Fallbacks       []string `json:"fallbacks"`
	FallbacksBase64 []string `json:"fallbacks_base64"`

	UseTZ         bool              `json:"use_tz"`
	TimeZone      string            `json:"time_zone"`
	Backends      []string          `json:"backends"`
	Apps          []string          `json:"apps"`
	CacheAlias    string            `json:"cache_alias"`
	Cache         cache             `json:"cache"`
	RedisSessions redisSessions     `json:"redis_sessions"`
	FilePath      string            `json:"file_path"`
	Table         string            `json:"table"`
	Database      *database         `json:"database"`
	References    []string          `json:"references"` // foreign keys to the table of sessions
	Users         users             `json:"users"`
	Cookies       map[string]any    `json:"cookies"` // settings of cookies by their names in small letters
	OwnMiddleware map[string]string `json:"own_middleware"`
	Middleware    []string          `json:"middleware"`
	Failed        map[string]string `json:"failed"` // what could not be found out, and why
}

// users is the user model.
type users struct {
	Model       string            `json:"model"`
	Table       string            `json:"table"`
	PK          string            `json:"pk"` // its internal type, or that of the model that it is a relation to
	PKColumn    string            `json:"pk_column"`
	Username    string            `json:"username"`
	Columns     map[string]string `json:"columns"` // by the names of fields
	Tables      map[string]string `json:"tables"`  // likewise: whose columns these are
	Parents     []parent          `json:"parents"` // models that it extends by their tables
	Database    *database         `json:"database"`
	AuthHash    string            `json:"auth_hash"` // django, none or own
	Active      string            `json:"active"`    // django, always, never or own
	OwnIDs      bool              `json:"own_ids"`
	Converted   []string          `json:"converted"` // fields that convert what their column holds
	Logins      map[string]string `json:"logins"`    // by backend: django, inactive, never or own
	Where       string            `json:"where"`     // the condition of the default manager
	WhereFailed string            `json:"where_failed"`
}

// A parent is a table in which some fields of the user model are.
type parent struct {
	Table    string `json:"table"`
	PKColumn string `json:"pk_column"`
	Link     string `json:"link"` // the users' column that is its key; "" if another parent has it
}
