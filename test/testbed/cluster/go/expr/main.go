// Answers what the real expression library makes of conditions: one JSON line in, one JSON line out, in order.
//
// A condition is compiled and run in the way of the analysis of argo-rollouts: against a map that holds the result
// with its concrete type and the six functions.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
)

// question is one line of the input. Without a result the expression is one of a time.
type question struct {
	Expression string      `json:"expression"`
	Result     *typedValue `json:"result"`
}

// answer is one line of the output. Stage says where a problem arose: compile, run, or type (of the outcome).
type answer struct {
	Value   any    `json:"value,omitempty"`
	Stage   string `json:"stage,omitempty"`
	Message string `json:"message,omitempty"`
	// Full is the message with its place and the snippet.
	Full string `json:"full,omitempty"`
}

func main() {
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
		if err := encoder.Encode(reply(asked)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func reply(asked question) answer {
	env := map[string]any{"isNaN": isNaN, "isInf": isInf}
	if asked.Result != nil {
		env = conditionEnv(asked.Result.value())
	}
	program, err := expr.Compile(asked.Expression, expr.Env(env))
	if err != nil {
		return problem("compile", err)
	}
	output, err := expr.Run(program, env)
	if err != nil {
		return problem("run", err)
	}
	switch value := output.(type) {
	case bool:
		if asked.Result != nil {
			return answer{Value: value}
		}
	case time.Time:
		if asked.Result == nil {
			return answer{Value: value.UnixMilli()}
		}
	}
	wanted := "bool"
	if asked.Result == nil {
		wanted = "time.Time"
	}
	return answer{Stage: "type", Message: fmt.Sprintf("expected %s, but got %T", wanted, output)}
}

func problem(stage string, err error) answer {
	var inFile *file.Error
	if errors.As(err, &inFile) {
		return answer{Stage: stage, Message: inFile.Message, Full: inFile.Error()}
	}
	// A panic of the compiler comes with a stack.
	message, _, _ := strings.Cut(err.Error(), "\ngoroutine ")
	return answer{Stage: stage, Message: message}
}
