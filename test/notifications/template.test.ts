/** Templates that would hold up the process, and how problems are worded. What templates mean is in contracts/templates. */
import { describe, expect, test } from 'vitest';
import { mapFrom } from '../../src/core/analysis/expressions/go/value.ts';
import { OBJECT } from '../../src/core/analysis/expressions/go/go-type.ts';
import { render } from '../../src/notifications/template/template.ts';

function problemOf(template: string): string {
  const outcome = render(template, mapFrom(OBJECT, [['text', 'abc']]), 0);
  return 'problem' in outcome ? outcome.problem : `rendered ${outcome.text.slice(0, 50)}`;
}

describe('what a rendering may use is bounded', () => {
  test.each([
    ['{{range 100000000}}x{{end}}', 'takes too many steps'],
    ['{{range until 1000}}{{range until 1000}}{{range until 1000}}{{end}}{{end}}{{end}}', 'takes too many steps'],
    ['{{until 100000000}}', 'makes too large lists'],
    ['{{repeat 100000000 "x"}}', 'the text gets too long'],
    ['{{indent 100000000 "x"}}', 'the text gets too long'],
    ['{{range 900000}}{{"abc"}}{{end}}', 'takes too many steps'],
    ['{{$x := repeat 900000 "x"}}{{$x}}{{$x}}', 'writes more than a million bytes'],
    ['{{$x := "ab"}}{{range 60}}{{$x = print $x $x}}{{end}}', 'takes too many steps'],
    ['{{$x := repeat 1000 "ab"}}{{replace "a" $x $x}}', 'the text gets too long'],
    ['{{define "t"}}{{template "t"}}{{end}}{{template "t"}}', 'call each other too deeply'],
    ['{{printf "%99999999d" 1}}', 'is too wide'],
    [`{{trim (print "a" (repeat 900000 " ") "b") | len}}`, 'rendered 900002'],
    [`a${' '.repeat(500_000)}b{{- "" | len}}`, 'rendered a   '],
    [`{{${'('.repeat(10_000)}1${')'.repeat(10_000)}}}`, 'nested too deeply'],
    ['{{if true}}'.repeat(100_000), 'nested too deeply'],
  ])('%#: %.60s', (template, problem) => {
    expect(problemOf(template)).toContain(problem);
  });
});

describe('a problem has the line and names what is wrong', () => {
  test.each([
    ['a\n{{.text.name}}', 'line 2: string has no field name'],
    ['{{env "HOME"}}', 'line 1: there is no function "env" here'],
    ['\n\n{{regexMatch "a" .text}}', 'line 3: there is no function "regexMatch" here'],
    ['{{$x}}', 'line 1: there is no variable $x here'],
    ['{{upper 3}}', 'line 1: upper: expected string, not a number'],
    ['{{upper}}', 'line 1: upper takes 1 arguments, not 0'],
    ['{{upper .none}}', 'line 1: upper: expected string, but there is no value'],
    ['{{if .text}}\n', '{{if}} has no {{end}}'],
    ['{{.text', 'line 1: an action is not closed'],
    ['{{eq 1 1.5}}', 'line 1: eq: int and float64 cannot be compared'],
    ['{{fail "no\u00e9"}}', 'line 1: fail: no\u00e9'],
  ])('%j', (template, problem) => {
    expect(problemOf(template)).toContain(problem);
  });
});
