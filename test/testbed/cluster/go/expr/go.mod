// The expression library that conditions are written for, behind a program that answers JSON lines.
module serin.test/expr

go 1.26.0

require github.com/expr-lang/expr v1.17.7
