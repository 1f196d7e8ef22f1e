/**
 * Which proxy a request takes, by the variables that most programs read: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in upper
 * or lower case, as Go reads them. Loopback never takes a proxy.
 */
import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** The URL of the proxy, or `null` for a direct connection. */
export function proxyOf(url: URL, environment: Environment): string | null {
  const proxy = variable(environment, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === '' || isLoopback(hostOf(url)) || isExempt(url, variable(environment, 'NO_PROXY'))) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function variable(environment: Environment, name: string): string {
  return (environment[name] || environment[name.toLowerCase()] || '').trim();
}

/** Without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && (host === '::1' || host.startsWith('127.')));
}

function isExempt(url: URL, list: string): boolean {
  const host = hostOf(url);
  const port = url.port || (DEFAULT_PORTS[url.protocol] ?? '');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && (entry === '*' || covers(entry, host, port)));
}

function covers(entry: string, host: string, port: string): boolean {
  const [, network = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== '') return isIn(host, network, Number(bits));
  const { name, port: ofPort } = splitPort(entry);
  if (ofPort !== null && ofPort !== port) return false;
  const suffix = name.replace(/^\*?\./, '.');
  if (suffix.startsWith('.')) return host.endsWith(suffix);
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function splitPort(entry: string): { readonly name: string; readonly port: string | null } {
  const [, bracketed = '', ofBracketed] = /^\[(.+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== '') return { name: bracketed, port: ofBracketed ?? null };
  const [, name = entry, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return { name, port: port ?? null };
}

function isIn(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
