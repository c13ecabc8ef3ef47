// Tests in a real browser, in a module of their own so that its driver does not enter ours.
module github.com/djsession/djsession-go/djsession/internal/browser

go 1.26.0

require (
	github.com/chromedp/cdproto v0.160.3
	github.com/chromedp/chromedp v0.23.1
	github.com/djsession/djsession-go v0.0.0
)

require github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect

replace github.com/djsession/djsession-go => ../../..
