/**
 * What a container of a pod answers and how it stops, as its image says: the images of well-known demos behave like
 * them, every other one says who it is. It opens no port.
 *
 * | image                             | answers                                                    | on SIGTERM              |
 * |-----------------------------------|------------------------------------------------------------|-------------------------|
 * | `argoproj/rollouts-demo:COLOUR`   | `/color`: the colour in quotes; anything else: a page       | serves 10 s more        |
 * | `...:bad-COLOUR`, ERROR_RATE      | status 500 for that share of `/color` (15 % by the image)   |                         |
 * | `...:slow-COLOUR`, LATENCY        | that many seconds late (2 by the image)                     |                         |
 * | `cilium/echoserver:VERSION`       | the request, as text                                        | closes at once          |
 * | any other                         | image, pod and revision as JSON; `/asked`: what it was asked | closes at once          |
 *
 * "Closes at once" is what most servers do: no new connection is accepted, requests under way are answered.
 */
import { hostname } from 'node:os';
import type { ContainerSpec, Pod } from '../cluster/kubelet/pod.ts';

interface Question {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly afterMs: number;
}

export interface Behaviour {
  reply(question: Question): Reply;
  /** For so long it accepts connections after SIGTERM, and asks its clients to close them. */
  readonly servesAfterSigtermMs: number;
}

/** Where a pod that says who it is tells how often it was asked for what: by Host and URL, `shop.example.com/cart`. */
export const ASKED_PATH = '/asked';

const DEMO = /^(?:.*\/)?argoproj\/rollouts-demo:(?:(bad|slow)-)?([a-z]+)$/;
const ECHO = /^(?:.*\/)?cilium\/echoserver(?::.*)?$/;
const DEMO_TERMINATION_SECONDS = 10;
const DEMO_ERROR_PERCENT = 15;
const DEMO_LATENCY_SECONDS = 2;

/** `random` gives numbers from 0 to 1, Math.random by default. */
export function behaviourOf(pod: Pod, container: ContainerSpec, random: () => number = Math.random): Behaviour {
  const [, flaw, colour = ''] = DEMO.exec(container.image) ?? [];
  if (colour !== '') return rolloutsDemo(container, colour, flaw, random);
  const reply = ECHO.test(container.image) ? echo(pod) : identity(pod, container);
  return { servesAfterSigtermMs: 0, reply };
}

function rolloutsDemo(
  container: ContainerSpec,
  imageColour: string,
  flaw: string | undefined,
  random: () => number,
): Behaviour {
  const env = (name: string): string | undefined => container.env?.find((one) => one.name === name)?.value;
  const colour = env('COLOR') ?? imageColour;
  const errorPercent = Number(env('ERROR_RATE') ?? (flaw === 'bad' ? DEMO_ERROR_PERCENT : 0));
  const latencySeconds = Number(env('LATENCY') ?? (flaw === 'slow' ? DEMO_LATENCY_SECONDS : 0));
  return {
    servesAfterSigtermMs: Number(flag(container, 'termination-delay') ?? DEMO_TERMINATION_SECONDS) * 1_000,
    reply({ url }) {
      if (url.split('?', 1)[0] !== '/color') {
        return { status: 200, contentType: 'text/html', body: page(colour), afterMs: 0 };
      }
      const fails = random() * 100 < errorPercent;
      return {
        status: fails ? 500 : 200,
        contentType: 'text/plain; charset=utf-8',
        body: JSON.stringify(colour),
        afterMs: latencySeconds * 1_000,
      };
    },
  };
}

function page(colour: string): string {
  return `<!doctype html><title>${colour}</title><body style="background:${colour}">${colour}</body>\n`;
}

/** `--name=value` or `--name value`, with one dash or two. */
function flag(container: ContainerSpec, name: string): string | undefined {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const at = words.findIndex((word) => word.replace(/^--?/, '').split('=', 1)[0] === name);
  const word = words[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1];
}

function echo({ metadata }: Pod): (question: Question) => Reply {
  return ({ method, url, headers }) => {
    const told = Object.entries(headers).map(([name, value]) => `\t${name}=${String(value)}\n`);
    const body =
      `\n\nHostname: ${metadata.name}\n\nPod Information:\n\tpod name:\t${metadata.name}\n` +
      `\tpod namespace:\t${metadata.namespace}\n\nServer values:\n\tserver_version=node on ${hostname()}\n\n` +
      `Request Information:\n\tmethod=${method}\n\treal path=${url}\n\nRequest Headers:\n${told.join('')}`;
    return { status: 200, contentType: 'text/plain', body, afterMs: 0 };
  };
}

function identity({ metadata }: Pod, { image }: ContainerSpec): (question: Question) => Reply {
  const body = JSON.stringify({
    image,
    pod: metadata.name,
    revision: metadata.labels?.['rollouts-pod-template-hash'] ?? '',
  });
  const asked: Record<string, number> = {};
  return ({ url, headers }) => {
    const isAboutItself = url === ASKED_PATH;
    const what = `${String(headers['host'])}${url}`;
    if (!isAboutItself) asked[what] = (asked[what] ?? 0) + 1;
    return {
      status: 200,
      contentType: 'application/json',
      body: isAboutItself ? JSON.stringify(asked) : body,
      afterMs: 0,
    };
  };
}
