// Answers what the real text/template with sprig makes of templates: one JSON line in, one JSON line out, in order.
//
// A template is parsed and executed as the notifications of argo-rollouts do it: with the functions of sprig for texts,
// without env and expandenv, on a map.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// question is one line of the input.
type question struct {
	Template string         `json:"template"`
	Data     map[string]any `json:"data"`
}

// answer is one line of the output: a text, or a problem.
type answer struct {
	Text    *string `json:"text,omitempty"`
	Problem string  `json:"problem,omitempty"`
}

func main() {
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var asked question
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(reply(asked, functions)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func reply(asked question, functions template.FuncMap) answer {
	parsed, err := template.New("main").Funcs(functions).Parse(asked.Template)
	if err != nil {
		return answer{Problem: err.Error()}
	}
	data := asked.Data
	data["secrets"] = map[string][]byte{"key": []byte("value")}
	data["time"] = map[string]any{"Parse": parse}
	var text strings.Builder
	if err := parsed.Execute(&text, data); err != nil {
		return answer{Problem: err.Error()}
	}
	rendered := text.String()
	return answer{Text: &rendered}
}

func parse(timestamp string) time.Time {
	parsed, err := time.Parse(time.RFC3339, timestamp)
	if err != nil {
		panic(err)
	}
	return parsed
}
