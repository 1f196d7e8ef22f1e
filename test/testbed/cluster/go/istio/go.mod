// The definitions of Istio's objects. Nothing is built: the module is fetched for its files.
module serin.test/istio

go 1.26.0

require istio.io/api v1.29.1
