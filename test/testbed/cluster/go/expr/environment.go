package main

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// conditionEnv holds the names that a condition can use. A nil slice, map or pointer counts as nil.
func conditionEnv(result any) map[string]any {
	absent := isAbsent(result)
	if absent {
		result = nil
	}
	return map[string]any{
		"result":  result,
		"asInt":   asInt,
		"asFloat": asFloat,
		"isNaN":   isNaN,
		"isInf":   isInf,
		"isNil":   func(any) bool { return absent },
		"default": func(_ any, fallback any) any {
			if absent {
				return fallback
			}
			return result
		},
	}
}

func isAbsent(value any) bool {
	if value == nil {
		return true
	}
	reflected := reflect.ValueOf(value)
	switch reflected.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer:
		return reflected.IsNil()
	default:
		return false
	}
}

func isNaN(number float64) bool { return math.IsNaN(number) }

func isInf(number float64) bool { return math.IsInf(number, 0) }

func asInt(value any) int64 {
	if text, isText := value.(string); isText {
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			panic(err)
		}
		return number
	}
	if number, isNumber := plainNumber(value); isNumber {
		return number.Convert(reflect.TypeFor[int64]()).Int()
	}
	panic(fmt.Sprintf("asInt() not supported on %v %v", reflect.TypeOf(value), value))
}

func asFloat(value any) float64 {
	if text, isText := value.(string); isText {
		number, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(err)
		}
		return number
	}
	if number, isNumber := plainNumber(value); isNumber {
		return number.Convert(reflect.TypeFor[float64]()).Float()
	}
	panic(fmt.Sprintf("asFloat() not supported on %v %v", reflect.TypeOf(value), value))
}

// plainNumber excludes numbers of a type with a name of its own, such as a duration.
func plainNumber(value any) (reflect.Value, bool) {
	reflected := reflect.ValueOf(value)
	if !reflected.IsValid() || reflected.Type().PkgPath() != "" {
		return reflected, false
	}
	return reflected, reflected.CanInt() || reflected.CanUint() || reflected.CanFloat()
}
