/**
 * What is asked of each proxy: canary annotations, the requests that are sent, and the share of them that the canary is
 * expected to answer. What Serin says of a proxy (its dialect, its hazards) follows from these rows.
 */
import type { IngressProxyName } from '../../testbed/data-plane/proxies.ts';
import type { Layout } from './layout.ts';

/** The canary's share in percent; where nobody answers with success, the status. */
export type Outcome = number | { readonly status: number };

export interface Question {
  /** Of which requests. */
  readonly of: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  /** Of the other Ingress, in the place of the host of the layout. */
  readonly preview?: true;
  /** Sent with the cookies that an answer of this side has set before. */
  readonly boundTo?: 'stable' | 'canary';
  readonly expected: Outcome | Readonly<Record<IngressProxyName, Outcome>>;
}

export interface Case extends Layout {
  readonly what: string;
  readonly asks: readonly Question[];
}

const ANY = 'all';
const HEADER = { 'canary-by-header': 'X-Canary' };
const VALUE = { ...HEADER, 'canary-by-header-value': 'iwantsit' };
const PATTERN = { ...HEADER, 'canary-by-header-pattern': '^(a|b)$' };
const COOKIE = { 'canary-by-cookie': 'Canary' };
const weight = (value: number | string) => ({ 'canary-weight': String(value) });
const header = (value: string) => ({ headers: { 'X-Canary': value } });
const cookie = (value: string) => ({ headers: { cookie: `Canary=${value}` } });

const WEIGHTS: readonly Case[] = [0, 1, 5, 20, 50, 99, 100].map((value) => ({
  what: `weight ${value}`,
  canary: weight(value),
  asks: [{ of: ANY, expected: value }],
}));

const TOTALS: readonly Case[] = [
  {
    what: 'weight 20 of a total of 50',
    canary: { ...weight(20), 'canary-weight-total': '50' },
    asks: [{ of: ANY, expected: 20 }],
  },
  {
    what: 'weight 20 of a total of 200',
    canary: { ...weight(20), 'canary-weight-total': '200' },
    asks: [{ of: ANY, expected: 10 }],
  },
  {
    what: 'weight 200 of a total of 200',
    canary: { ...weight(200), 'canary-weight-total': '200' },
    asks: [{ of: ANY, expected: 100 }],
  },
];

const RULES: readonly Case[] = [
  {
    what: 'header and weight 30',
    canary: { ...HEADER, ...weight(30) },
    asks: [
      { of: '`always`', ...header('always'), expected: 100 },
      { of: '`never`', ...header('never'), expected: 0 },
      { of: 'another value', ...header('perhaps'), expected: 30 },
      { of: '`Always`', ...header('Always'), expected: 30 },
      { of: 'no header', expected: 30 },
    ],
  },
  {
    what: 'header, without a weight',
    canary: HEADER,
    asks: [
      { of: '`always`', ...header('always'), expected: 100 },
      { of: 'no header', expected: 0 },
    ],
  },
  {
    what: 'header value and weight 30',
    canary: { ...VALUE, ...weight(30) },
    asks: [
      { of: 'the value', ...header('iwantsit'), expected: 100 },
      { of: 'another value', ...header('other'), expected: 30 },
      { of: '`never`', ...header('never'), expected: 30 },
    ],
  },
  {
    what: 'header pattern `^(a|b)$` and weight 30',
    canary: { ...PATTERN, ...weight(30) },
    asks: [
      { of: 'a match', ...header('a'), expected: 100 },
      { of: 'no match', ...header('abc'), expected: 30 },
    ],
  },
  {
    what: 'header value and pattern, without a weight',
    canary: { ...VALUE, ...PATTERN },
    asks: [
      { of: 'the value', ...header('iwantsit'), expected: 100 },
      { of: 'a match of the pattern', ...header('a'), expected: 0 },
    ],
  },
  {
    what: 'a pattern that is none, `(`, and weight 30',
    canary: { ...HEADER, 'canary-by-header-pattern': '(', ...weight(30) },
    asks: [
      { of: 'any value', ...header('a'), expected: { 'ingress-nginx': 0, traefik: 30 } },
      { of: 'no header', expected: 30 },
    ],
  },
  {
    what: 'cookie and weight 30',
    canary: { ...COOKIE, ...weight(30) },
    asks: [
      { of: '`always`', ...cookie('always'), expected: 100 },
      { of: '`never`', ...cookie('never'), expected: 0 },
      { of: 'another value', ...cookie('perhaps'), expected: 30 },
      { of: 'no cookie', expected: 30 },
    ],
  },
  {
    what: 'header, cookie and weight 30',
    canary: { ...HEADER, ...COOKIE, ...weight(30) },
    asks: [
      { of: 'header `never`, cookie `always`', headers: { 'X-Canary': 'never', cookie: 'Canary=always' }, expected: 0 },
      {
        of: 'header `always`, cookie `never`',
        headers: { 'X-Canary': 'always', cookie: 'Canary=never' },
        expected: 100,
      },
      { of: 'another header, cookie `always`', headers: { 'X-Canary': 'x', cookie: 'Canary=always' }, expected: 100 },
      { of: 'another header, cookie `never`', headers: { 'X-Canary': 'x', cookie: 'Canary=never' }, expected: 0 },
      { of: 'neither', expected: 30 },
    ],
  },
  {
    what: 'header value, cookie and weight 30',
    canary: { ...VALUE, ...COOKIE, ...weight(30) },
    asks: [
      { of: 'the value, cookie `never`', headers: { 'X-Canary': 'iwantsit', cookie: 'Canary=never' }, expected: 100 },
      { of: 'another value, cookie `always`', headers: { 'X-Canary': 'x', cookie: 'Canary=always' }, expected: 100 },
      { of: 'another value, cookie `never`', headers: { 'X-Canary': 'x', cookie: 'Canary=never' }, expected: 0 },
    ],
  },
];

const EMPTY: readonly Case[] = [
  {
    what: 'a canary Service without pods, header and weight 50',
    canary: { ...HEADER, ...weight(50) },
    canarySelector: 'nobody',
    asks: [
      { of: 'no header', expected: 0 },
      { of: '`always`', ...header('always'), expected: 0 },
    ],
  },
  {
    what: 'no canary Service, weight 50',
    canary: weight(50),
    noCanaryService: true,
    asks: [{ of: ANY, expected: 0 }],
  },
  {
    what: 'a stable Service without pods, header and weight 100',
    canary: { ...HEADER, ...weight(100) },
    stableSelector: 'nobody',
    asks: [
      { of: 'no header', expected: { 'ingress-nginx': { status: 503 }, traefik: 100 } },
      { of: '`always`', ...header('always'), expected: { 'ingress-nginx': { status: 503 }, traefik: 100 } },
    ],
  },
];

const PLACES: readonly Case[] = [
  {
    what: 'weight 50, the canary Ingress has one of two paths',
    canary: weight(50),
    stablePaths: ['/a', '/b'],
    canaryPaths: ['/a'],
    asks: [
      { of: 'its path', path: '/a', expected: 50 },
      { of: 'the other path', path: '/b', expected: 50 },
    ],
  },
  {
    what: 'weight 50, the canary Ingress has a path more',
    canary: weight(50),
    stablePaths: ['/a'],
    canaryPaths: ['/a', '/c'],
    asks: [
      // It leaves out the whole canary.
      { of: 'the common path', path: '/a', expected: { 'ingress-nginx': 0, traefik: 50 } },
      { of: 'the path more', path: '/c', expected: { status: 404 } },
    ],
  },
  {
    what: 'weight 50, another Ingress leads to the stable Service for another host',
    canary: weight(50),
    preview: { service: 'stable', created: 'last' },
    asks: [
      { of: 'the host', expected: 50 },
      { of: 'the other host', preview: true, expected: 50 },
    ],
  },
  {
    what: 'weight 50, an older Ingress leads to the canary Service for another host',
    canary: weight(50),
    preview: { service: 'canary', created: 'first' },
    asks: [
      { of: 'the host', expected: { 'ingress-nginx': 0, traefik: 50 } },
      { of: 'the other host', preview: true, expected: 100 },
    ],
  },
  {
    what: 'weight 50, a younger Ingress leads to the canary Service for another host',
    canary: weight(50),
    preview: { service: 'canary', created: 'last' },
    asks: [
      { of: 'the host', expected: 50 },
      {
        of: 'the other host',
        preview: true,
        expected: { 'ingress-nginx': { status: 404 }, traefik: 100 },
      },
    ],
  },
  {
    what: 'weight 50, the canary Ingress is older than the stable one',
    canary: weight(50),
    canaryFirst: true,
    asks: [{ of: ANY, expected: 50 }],
  },
];

/** Traefik looks at the header before the cookie that binds. */
const NOT_MOVED = { 'ingress-nginx': 0, traefik: 100 } as const;
const NOT_MOVED_BACK = { 'ingress-nginx': 100, traefik: 0 } as const;

const AFFINITY: readonly Case[] = [
  { what: 'affinity', stable: { affinity: 'cookie' } },
  { what: 'affinity, `sticky`', stable: { affinity: 'cookie', 'affinity-canary-behavior': 'sticky' } },
  {
    what: 'affinity, `legacy` on the stable Ingress',
    stable: { affinity: 'cookie', 'affinity-canary-behavior': 'legacy' },
  },
].map(({ what, stable }) => ({
  what: `${what}, header and weight 50`,
  canary: { ...HEADER, ...weight(50) },
  stable,
  asks: [
    { of: 'no cookie', expected: 50 },
    { of: 'bound to stable', boundTo: 'stable', expected: 0 },
    { of: 'bound to the canary', boundTo: 'canary', expected: 100 },
    { of: 'bound to stable, `always`', boundTo: 'stable', ...header('always'), expected: NOT_MOVED },
    { of: 'bound to the canary, `never`', boundTo: 'canary', ...header('never'), expected: NOT_MOVED_BACK },
  ],
}));

/** Here the canary's pods bind nobody. */
const LEGACY: Case = {
  what: 'affinity, `legacy` on the canary Ingress, header and weight 50',
  canary: { ...HEADER, ...weight(50), 'affinity-canary-behavior': 'legacy' },
  stable: { affinity: 'cookie' },
  asks: [
    { of: 'no cookie', expected: 50 },
    { of: 'bound to stable', boundTo: 'stable', expected: 0 },
    { of: 'bound to stable, `always`', boundTo: 'stable', ...header('always'), expected: NOT_MOVED },
    { of: 'answered by the canary before', boundTo: 'canary', expected: { 'ingress-nginx': 50, traefik: 100 } },
  ],
};

export const CASES: readonly Case[] = [...WEIGHTS, ...TOTALS, ...RULES, ...EMPTY, ...PLACES, ...AFFINITY, LEGACY];
