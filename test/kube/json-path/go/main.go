// What the library of Kubernetes makes of JSONPath templates, for the test beside this folder. It reads the cases and
// writes them with the answers, which are all results in order, or an error:
//
//	go run . < ../cases.json > answered.json && mv answered.json ../cases.json
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/client-go/util/jsonpath"
)

type question struct {
	Path string          `json:"path"`
	Data json.RawMessage `json:"data"`
	// The values of an object come in no order, so that a case has one of them at most.
	Results []any  `json:"results,omitempty"`
	Error   string `json:"error,omitempty"`
}

func main() {
	var cases []question
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	for index := range cases {
		ask(&cases[index])
	}
	answered := json.NewEncoder(os.Stdout)
	answered.SetEscapeHTML(false)
	answered.SetIndent("", "  ")
	if err := answered.Encode(cases); err != nil {
		panic(err)
	}
}

func ask(asked *question) {
	asked.Results, asked.Error = nil, ""
	defer func() {
		if failure := recover(); failure != nil {
			asked.Error = fmt.Sprintf("panic: %v", failure)
		}
	}()
	var data any
	if err := json.Unmarshal(asked.Data, &data); err != nil {
		panic(err)
	}
	parser := jsonpath.New("metrics")
	if err := parser.Parse(asked.Path); err != nil {
		asked.Error = err.Error()
		return
	}
	found, err := parser.FindResults(data)
	if err != nil {
		asked.Error = err.Error()
		return
	}
	for _, results := range found {
		for _, one := range results {
			asked.Results = append(asked.Results, one.Interface())
		}
	}
}
