/** Templates by chance: mostly of what fits together, with a share of misfits, and a share with a character off. */
import type { Random } from '../../simulation/random.ts';

type Part = (random: Random, depth: number) => string;

const TYPOS = 0.06;
const NOISE = [...Array.from('{}|().$"`-:=,x 1'), '{{', '}}', '{{end}}', '{{else}}'];

const TEXT_FIELDS = ['.rollout.metadata.name', '.rollout.status.phase', '$.rollout.metadata.name', '.text', '.unicode'];
const NUMBER_FIELDS = ['.rollout.spec.replicas', '.rollout.status.replicas', '.number', '.big', '.tiny', '.zero'];
const OTHER_FIELDS = [
  '.rollout',
  '.none',
  '.missing',
  '.missing.deep',
  '.none.deep',
  '.list',
  '.empty',
  '.flag',
  '.rollout.metadata.labels',
  '.secrets.key',
  '(index .list 1)',
  '(index .rollout "metadata")',
  '.text.x',
  '$.rollout.status',
];

const text: Part = (r, d) =>
  d <= 0 || r.chance(0.5)
    ? r.pick([...TEXT_FIELDS, '"a-b"', '"x, y"', '`raw\\n`', '"\\u00e9\\t\\""', '""', '"  blank "', '"1.5"', '"12"'])
    : `(${textCall(r, d - 1)})`;

const number: Part = (r, d) =>
  d <= 0 || r.chance(0.5)
    ? r.pick([...NUMBER_FIELDS, '0', '1', '3', '-2', '1.5', '2.25', '0.125', '1e3', '0x1F', "'a'", '010', '100000000'])
    : `(${numberCall(r, d - 1)})`;

const int: Part = (r, d) =>
  d > 0 && r.chance(0.3) ? `(len ${r.pick(['.list', '.text'])})` : r.pick(['0', '1', '2', '3', '-1', '5', '2.0']);

const any: Part = (r, d) =>
  r.weighted<Part>([
    [3, text],
    [3, number],
    [3, (one) => one.pick(OTHER_FIELDS)],
    [2, list],
    [1, (one, e) => `(${boolCall(one, e - 1)})`],
    [1, (one) => one.pick(['true', 'false', 'nil', '(dict "a" 1 "b" .text)', '(int64 5)'])],
  ])(r, d);

const list: Part = (r, d) =>
  d <= 0
    ? r.pick(['.list', '.empty', '.numbers', '(list)'])
    : r.pick([
        `(list ${any(r, d - 1)} ${any(r, d - 1)})`,
        `(splitList ${text(r, 0)} ${text(r, d - 1)})`,
        `(${r.pick(['rest', 'initial', 'reverse', 'uniq', 'compact', 'sortAlpha'])} ${list(r, d - 1)})`,
        `(append ${list(r, d - 1)} ${any(r, d - 1)})`,
        `(without ${list(r, d - 1)} ${any(r, d - 1)})`,
        `(slice ${list(r, d - 1)} ${int(r, 0)})`,
        `(until ${int(r, 0)})`,
        '.list',
      ]);

const textCall: Part = (r, d) => {
  const piped = r.chance(0.4);
  const one = (name: string, ...args: readonly string[]): string =>
    piped ? `${text(r, d)} | ${[name, ...args].join(' ')}` : [name, ...args, text(r, d)].join(' ');
  return r.weighted<() => string>([
    [
      4,
      () =>
        one(
          r.pick([
            'upper',
            'lower',
            'title',
            'trim',
            'quote',
            'squote',
            'toJson',
            'html',
            'js',
            'urlquery',
            'b64enc',
            'print',
          ]),
        ),
    ],
    [3, () => one(r.pick(['trimPrefix', 'trimSuffix', 'trimAll']), text(r, 0))],
    [2, () => one('replace', text(r, 0), text(r, 0))],
    [2, () => one(r.pick(['trunc', 'indent', 'nindent', 'abbrev']), int(r, d))],
    [1, () => one('repeat', r.pick(['0', '1', '3', '-1']))],
    [1, () => one('substr', int(r, 0), int(r, 0))],
    [
      3,
      () =>
        `${any(r, d)} | ${r.pick(['toString', 'toJson', 'toPrettyJson', 'toRawJson', 'quote', 'squote', 'kindOf', 'print', 'html', 'cat'])}`,
    ],
    [2, () => `join ${text(r, 0)} ${list(r, d)}`],
    [2, () => `default ${any(r, d)} ${any(r, d)}`],
    [4, () => printfCall(r, d)],
    [1, () => `ternary ${text(r, d)} ${text(r, d)} ${r.pick(['true', '.flag', '.text'])}`],
    [1, () => `coalesce ${any(r, d)} ${any(r, d)}`],
    [
      1,
      () =>
        `get ${r.pick(['.rollout', '.rollout.metadata', '(dict "a" "x")', '.missing', '.text'])} ${r.pick(['"metadata"', '"a"', '"name"'])}`,
    ],
    [1, () => `(split ${text(r, 0)} ${text(r, d)})._${r.pick(['0', '1', '7'])}`],
    [
      2,
      () =>
        `dateInZone ${r.pick(['"2006-01-02"', '"Jan 2 15:04:05 MST"', '"Mon, 02 Jan 06 3:04PM"'])} ${r.pick(['(toDate "2006-01-02" "2026-03-04")', '1700000000', '(int64 1)'])} ${r.pick(['"UTC"', '"Europe/Paris"', '"Nowhere"'])}`,
    ],
    [1, () => `((call .time.Parse "2026-02-03T04:05:06Z").Format ${r.pick(['"15:04"', '"2006"', '.number'])})`],
    [1, () => `${r.pick(['first', 'last'])} ${list(r, d)}`],
    [1, () => `print ${any(r, d)} ${any(r, d)} ${any(r, d)}`],
  ])();
};

const printfCall: Part = (r, d) => {
  const verbs = [
    '%v',
    '%s',
    '%d',
    '%q',
    '%.2f',
    '%5.1f',
    '%05d',
    '%-6s|',
    '%x',
    '%t',
    '%e',
    '%g',
    '%6v',
    '%+d',
    '%T',
    '%%',
    '%.3s',
    '%c',
    '%.3g',
    '%.1f',
    '%.2g',
    '%.1e',
    '%X',
    '%o',
    '%b',
    '%!',
    '%08.3f',
  ];
  const count = r.between(1, 3);
  const format = Array.from({ length: count }, () => r.pick(verbs)).join(' ');
  const args = Array.from({ length: r.chance(0.9) ? count : r.between(0, 4) }, () => any(r, d));
  return `printf ${JSON.stringify(format)} ${args.join(' ')}`;
};

const numberCall: Part = (r, d) =>
  r.weighted<() => string>([
    [3, () => `${r.pick(['add', 'sub', 'mul', 'max', 'min'])} ${number(r, d)} ${number(r, d)}`],
    [2, () => `${r.pick(['div', 'mod'])} ${number(r, d)} ${number(r, d)}`],
    [2, () => `${any(r, d)} | ${r.pick(['int', 'int64', 'float64'])}`],
    [1, () => `${r.pick(['floor', 'ceil', 'add1'])} ${any(r, d)}`],
    [1, () => `round ${number(r, d)} ${r.pick(['0', '1', '2'])}`],
    [1, () => `atoi ${text(r, d)}`],
    [2, () => `len ${any(r, d)}`],
    [1, () => `index ${list(r, d)} ${int(r, d)}`],
  ])();

const boolCall: Part = (r, d) =>
  r.weighted<() => string>([
    [4, () => `${r.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge'])} ${number(r, d)} ${number(r, d)}`],
    [2, () => `${r.pick(['eq', 'ne', 'lt'])} ${text(r, d)} ${text(r, d)}`],
    [2, () => `eq ${any(r, d)} ${any(r, d)}`],
    [2, () => `${r.pick(['and', 'or'])} ${any(r, d)} ${any(r, d)}`],
    [1, () => `not ${any(r, d)}`],
    [2, () => `${r.pick(['contains', 'hasPrefix', 'hasSuffix'])} ${text(r, d)} ${text(r, d)}`],
    [1, () => `has ${any(r, d)} ${list(r, d)}`],
    [1, () => `hasKey ${r.pick(['.rollout', '.missing', '.text'])} "metadata"`],
    [1, () => `empty ${any(r, d)}`],
    [1, () => `kindIs ${r.pick(['"string"', '"float64"', '"map"', '"slice"'])} ${any(r, d)}`],
  ])();

const value: Part = (r, d) =>
  r.weighted<Part>([
    [4, textCall],
    [2, numberCall],
    [2, boolCall],
    [3, any],
  ])(r, d);

const action: Part = (r, d) => {
  const [open, close] = [r.pick(['{{', '{{', '{{ ', '{{- ']), r.pick(['}}', '}}', ' }}', ' -}}'])];
  return `${open}${value(r, d)}${close}`;
};

const block: Part = (r, d) => {
  const inner = (): string => nodes(r, d - 1);
  return r.weighted<() => string>([
    [4, () => `{{if ${value(r, 1)}}}${inner()}{{else}}${inner()}{{end}}`],
    [1, () => `{{if ${value(r, 1)}}}${inner()}{{else if ${value(r, 1)}}}${inner()}{{else}}z{{end}}`],
    [2, () => `{{with ${value(r, 1)}}}${inner()}{{.}}{{else}}none{{end}}`],
    [2, () => `{{range ${list(r, 1)}}}[{{.}}]${r.chance(0.3) ? inner() : ''}{{else}}empty{{end}}`],
    [
      2,
      () =>
        `{{range $i, $e := ${r.pick([list(r, 1), '.rollout.metadata', any(r, 1)])}}}{{$i}}={{$e}};${r.chance(0.3) ? r.pick(['{{break}}', '{{if eq $i 1}}{{continue}}{{end}}!']) : ''}{{end}}`,
    ],
    [1, () => `{{range ${r.pick(['3', '.number', '(int .number)', '0'])}}}{{.}}{{end}}`],
    [2, () => `{{$x := ${value(r, 1)}}}{{$x}}{{$x = ${value(r, 1)}}}{{$x | printf "%v"}}`],
    [1, () => `{{define "t"}}<{{.}}>{{end}}{{template "t" ${any(r, 1)}}}`],
    [1, () => `{{block "b" ${any(r, 1)}}}({{.}}){{end}}`],
    [1, () => '{{/* a comment */ -}}  after'],
  ])();
};

const nodes: Part = (r, d) =>
  Array.from({ length: r.between(1, 2) }, () =>
    r.weighted<Part>([
      [1, (one) => one.pick(['text ', '\n  line\n', 'é', '{ }', ' '])],
      [3, (one) => action(one, 2)],
      [d > 0 ? 2 : 0, block],
    ])(r, d),
  ).join('');

export function templateBy(random: Random): string {
  const source = nodes(random, 2);
  if (!random.chance(TYPOS)) return source;
  const at = random.between(0, source.length);
  return random.pick([
    source.slice(0, at) + source.slice(at + 1),
    source.slice(0, at) + random.pick(NOISE) + source.slice(at),
  ]);
}
