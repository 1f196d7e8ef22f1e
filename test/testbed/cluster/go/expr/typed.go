package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"serin.test/expr/types"
)

// typedValue is a measured value with its Go type. Numbers are texts, so that NaN, infinities and all digits arrive.
type typedValue struct {
	Type    string          `json:"type"`
	Number  string          `json:"number"`
	Numbers []string        `json:"numbers"`
	Text    string          `json:"text"`
	JSON    json.RawMessage `json:"json"`
	Records []typedValue    `json:"records"`
	Structs []series        `json:"structs"`
}

type series struct {
	Id         *string
	Label      *string
	StatusCode string
	Timestamps []time.Time
	Values     []string
}

func (v typedValue) value() any {
	switch v.Type {
	case "nil":
		return nil
	case "bool":
		return v.Text == "true"
	case "int":
		return int(integer(v.Number))
	case "int64":
		return integer(v.Number)
	case "float":
		return float(v.Number)
	case "floats":
		return floats(v.Numbers)
	case "text":
		return v.Text
	case "time":
		at, err := time.Parse(time.RFC3339Nano, v.Text)
		must(err)
		return at
	case "json":
		var decoded any
		must(json.Unmarshal(v.JSON, &decoded))
		return decoded
	case "records":
		records := make([]any, len(v.Records))
		for i, record := range v.Records {
			records[i] = record.value()
		}
		return records
	case "structs":
		all := make([]types.MetricDataResult, len(v.Structs))
		for i, one := range v.Structs {
			all[i] = types.MetricDataResult{
				Id:         one.Id,
				Label:      one.Label,
				StatusCode: types.StatusCode(one.StatusCode),
				Timestamps: one.Timestamps,
				Values:     floats(one.Values),
			}
		}
		return all
	}
	panic(fmt.Sprintf("unknown type %q", v.Type))
}

func floats(texts []string) []float64 {
	numbers := make([]float64, len(texts))
	for i, text := range texts {
		numbers[i] = float(text)
	}
	return numbers
}

func float(text string) float64 {
	number, err := strconv.ParseFloat(text, 64)
	must(err)
	return number
}

func integer(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return number
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
