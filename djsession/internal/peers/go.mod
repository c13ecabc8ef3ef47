// Benchmarks beside other libraries, in a module of their own so that none of them enters ours.
module github.com/djsession/djsession-go/djsession/internal/peers

go 1.25.0

require github.com/djsession/djsession-go v0.0.0

replace github.com/djsession/djsession-go => ../../..
