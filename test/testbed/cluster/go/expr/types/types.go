// Package types has what the CloudWatch client of AWS returns, under the names that it has there, so that messages
// that name a type are the same.
package types

import "time"

// StatusCode is a string type of its own, with the method that the client's type has.
type StatusCode string

// Values are the known codes.
func (StatusCode) Values() []StatusCode {
	return []StatusCode{"Complete", "InternalError", "PartialData", "Forbidden"}
}

// MessageData is a remark about a result.
type MessageData struct {
	Code  *string
	Value *string
}

// MetricDataResult is one series.
type MetricDataResult struct {
	Id         *string
	Label      *string
	Messages   []MessageData
	StatusCode StatusCode
	Timestamps []time.Time
	Values     []float64
}
