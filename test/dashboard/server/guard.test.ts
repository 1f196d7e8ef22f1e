/** Who may talk to the page: what browsers send for it, and what they send when another site makes them. */
import { describe, expect, test } from 'vitest';
import { refusalOf, type Asked, type GuardRules } from '../../../src/dashboard/server/guard.ts';

const RULES: GuardRules = { allowedHosts: ['deploy.example'], port: 4321 };
const OWN = { host: '127.0.0.1:4321', origin: 'http://127.0.0.1:4321' };

interface Row {
  readonly name: string;
  readonly asked: Asked;
  readonly rules?: Partial<GuardRules>;
}

describe('let in', () => {
  test.each<Row>([
    { name: 'an address typed by a person', asked: { method: 'GET', headers: { host: OWN.host } } },
    {
      name: 'the same, by a browser that says so',
      asked: { method: 'GET', headers: { host: OWN.host, 'sec-fetch-site': 'none' } },
    },
    { name: 'localhost', asked: { method: 'GET', headers: { host: 'localhost:4321' } } },
    { name: 'a button', asked: { method: 'POST', headers: { ...OWN, 'sec-fetch-site': 'same-origin' } } },
    {
      name: 'a button on localhost',
      asked: { method: 'POST', headers: { host: 'localhost:4321', origin: 'http://localhost:4321' } },
    },
    { name: 'a program that changes something', asked: { method: 'PUT', headers: { host: OWN.host } } },
    {
      name: 'a name that is allowed, behind a proxy that ends TLS',
      asked: { method: 'POST', headers: { host: 'deploy.example', origin: 'https://deploy.example' } },
    },
    {
      name: 'the same with the name that the proxy has for this server',
      asked: { method: 'POST', headers: { host: 'localhost:4321', origin: 'https://deploy.example' } },
    },
    {
      name: 'a link in another site',
      asked: {
        method: 'GET',
        headers: { host: 'deploy.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      },
      rules: { linked: true },
    },
    {
      name: 'a forwarded port',
      asked: { method: 'GET', headers: { host: 'localhost:9999', 'sec-fetch-site': 'same-origin' } },
      rules: { port: null },
    },
    {
      name: 'port 80, which browsers leave out',
      asked: { method: 'GET', headers: { host: 'localhost' } },
      rules: { port: 80 },
    },
  ])('$name', ({ asked, rules }) => {
    expect(refusalOf(asked, { ...RULES, ...rules })).toBeNull();
  });
});

describe('refused', () => {
  test.each<Row & { readonly because: string }>([
    {
      name: 'a name that somebody lets point to loopback',
      asked: { method: 'GET', headers: { host: 'evil.example:4321' } },
      because: 'the Host is not that of this page',
    },
    {
      name: 'the same, in its own name',
      asked: { method: 'POST', headers: { host: 'evil.example:4321', origin: 'http://evil.example:4321' } },
      because: 'the Host is not that of this page',
    },
    {
      name: 'a name that only begins like ours',
      asked: { method: 'GET', headers: { host: '127.0.0.1:43210' } },
      because: 'the Host is not that of this page',
    },
    { name: 'no name', asked: { method: 'GET', headers: {} }, because: 'the Host is not that of this page' },
    {
      name: 'a form of another site',
      asked: { method: 'POST', headers: { host: OWN.host, origin: 'https://evil.example' } },
      because: 'the Origin is another site',
    },
    {
      name: 'a form of a page without an origin',
      asked: { method: 'POST', headers: { host: OWN.host, origin: 'null' } },
      because: 'the Origin is another site',
    },
    {
      name: 'another port of this machine',
      asked: { method: 'GET', headers: { host: OWN.host, origin: 'http://127.0.0.1:8080' } },
      because: 'the Origin is another site',
    },
    {
      name: 'a picture or a script in another site',
      asked: { method: 'GET', headers: { host: OWN.host, 'sec-fetch-site': 'cross-site' } },
      because: 'the request comes from another site',
    },
    {
      name: 'an act of unknown origin',
      asked: { method: 'POST', headers: { host: OWN.host } },
      rules: { onlyBrowsers: true },
      because: 'the Origin is missing',
    },
    {
      name: 'a form that a link in another site opens',
      asked: {
        method: 'POST',
        headers: { host: OWN.host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      },
      rules: { linked: true },
      because: 'the request comes from another site',
    },
    {
      name: 'another application behind a forwarded port',
      asked: { method: 'POST', headers: { host: 'localhost:9999', origin: 'http://localhost:8080' } },
      rules: { port: null },
      because: 'the Origin is another site',
    },
    {
      name: 'a name that ends like one that is allowed',
      asked: { method: 'GET', headers: { host: 'evil-deploy.example' } },
      because: 'the Host is not that of this page',
    },
  ])('$name', ({ asked, rules, because }) => {
    expect(refusalOf(asked, { ...RULES, ...rules })).toBe(because);
  });
});
