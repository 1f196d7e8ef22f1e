/** What holds for every provider, whoever it asks and whatever it is answered. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MetricProvider, Reading } from '../../src/core/analysis/provider.ts';
import { createProviders } from '../../src/providers/providers.ts';
import { certificateForLoopback } from './certificate.ts';
import { type Measuring, NEVER, NOW, orderOf, prepareMeasuring } from './measuring.ts';
import { type Subject, SUBJECTS } from './subjects.ts';
import {
  type Answering,
  cutOff,
  flood,
  json,
  redirect,
  silence,
  startVendorServer,
  text,
  type VendorServer,
} from './vendor-server.ts';

const certificate = certificateForLoopback();
const job: MetricProvider = { measure: async () => Promise.resolve({ kind: 'unfinished', resumeAt: 0, metadata: {} }) };

/** Answers with all that it was sent, as a careless server does. */
const echo =
  (status: number): Answering =>
  (response, asked) =>
    text(JSON.stringify({ ...asked, message: JSON.stringify(asked), error: JSON.stringify(asked) }), status)(
      response,
      asked,
    );

describe.each(
  SUBJECTS.map(
    (subject) => [subject.way === undefined ? subject.key : `${subject.key}, ${subject.way}`, subject] as const,
  ),
)('%s', (_, subject: Subject) => {
  let server: VendorServer;
  let measuring: Measuring;

  beforeEach(async () => {
    server = await startVendorServer(subject.answering, subject.secure ? certificate : undefined);
    measuring = prepareMeasuring({
      ...subject.surroundings?.(server.origin, server.host),
      ...(subject.secure ? { trusted: certificate.cert } : {}),
    });
  });

  afterEach(async () => {
    await measuring.close();
    await server.close();
  });

  const measure = async (signal: AbortSignal = NEVER): Promise<Reading> => {
    const provider = createProviders(measuring.dependencies, { job })[subject.key];
    const order = orderOf(subject.provider(server.origin, server.host), { runStartedAt: NOW - 60_000 });
    if (subject.unfinished === undefined) return provider.measure(order, signal);
    if (provider.resume === undefined) throw new Error('the provider resumes nothing');
    return provider.resume(order, subject.unfinished, signal);
  };

  /** The message of the error that a measurement ends with. */
  const failure = async (signal: AbortSignal = NEVER): Promise<string> => {
    const result = await measure(signal).catch((error: unknown) => error);
    expect(result).toBeInstanceOf(Error);
    expect(measuring.clock.pendingTimers).toBe(0);
    const { message } = result as Error;
    for (const secret of subject.secrets) expect(message).not.toContain(secret);
    expect(message.length).toBeLessThan(1200);
    return message;
  };

  test('a right answer is a reading', async () => {
    expect(await measure()).toMatchObject(subject.reading);
  });

  test(`an answer that does not come within ${subject.limitSeconds} seconds is an error that names the host`, async () => {
    const arrived = Promise.withResolvers<void>();
    server.answering = () => arrived.resolve();
    const failed = failure();
    await arrived.promise;
    await measuring.clock.advance(subject.limitSeconds * 1000 - 1);
    expect(measuring.clock.pendingTimers).toBe(1);
    await measuring.clock.advance(1);
    expect(await failed).toBe(`${server.host} gave no whole answer within ${subject.limitSeconds} seconds`);
  });

  test('an aborted measurement ends with the reason, and its connection is closed', async () => {
    const controller = new AbortController();
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    server.answering = (response, asked) => {
      response.on('close', () => closed.resolve());
      silence(response, asked);
      arrived.resolve();
    };
    const failed = failure(controller.signal);
    await arrived.promise;
    controller.abort(new Error('the run was terminated'));
    expect(await failed).toBe('the run was terminated');
    await closed.promise;
  });

  test('a measurement that was aborted before it began asks nothing', async () => {
    expect(await failure(AbortSignal.abort(new Error('the run was terminated')))).toBe('the run was terminated');
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['more than 1 MiB', flood, 'answered with more than 1 MiB'],
    ['a part of an answer', cutOff, 'ended the connection before its answer was complete'],
  ] satisfies readonly [string, Answering, string][])(
    '%s is an error that names the host',
    async (_, answering, message) => {
      server.answering = answering;
      expect(await failure()).toBe(`${server.host} ${message}`);
    },
  );

  test.each([
    ['a page', text('<html><body>Please log in</body></html>', 200, 'text/html')],
    ['nothing', text('')],
    ['JSON of another kind', json({ unexpected: ['answer'] })],
    ['JSON that is nothing', json(null)],
    ['JSON with holes', json([null, {}, [null]])],
    ['JSON that is nested deeply', text('['.repeat(100_000))],
  ] satisfies readonly [string, Answering][])(
    '%s is an error, or a text where any text is an answer',
    async (_, answering) => {
      server.answering = answering;
      const result = await measure().then(
        ({ kind }) => kind,
        (error: unknown) => (error instanceof Error ? 'error' : 'something else'),
      );
      expect(subject.takesText ? ['value', 'error'] : ['error']).toContain(result);
    },
  );

  test.each([
    [400, '400'],
    [401, '401'],
    [403, '403'],
    [404, '404'],
    [429, '429'],
    [500, '500'],
    [503, '503'],
  ])('status %d is an error that names it and the host, and repeats no secret', async (status, named) => {
    server.answering = echo(status);
    const message = await failure();
    expect(message).toContain(named);
    expect(message).toContain(server.host);
  });

  test.each([301, 302, 307, 308])(
    'a redirect to another host with status %d is an error, and that host is not asked',
    async (status) => {
      const other = await startVendorServer(subject.answering);
      server.answering = redirect(`${other.origin}/elsewhere`, status);
      expect(await failure()).toContain('redirects to another host are not followed');
      expect(other.asked).toEqual([]);
      await other.close();
    },
  );

  test('a server that is not there is an error that names the host', async () => {
    await server.close();
    expect(await failure()).toBe(`${server.host} refused the connection`);
  });
});

describe('over TLS', () => {
  test('a certificate that is not trusted is an error, and no credentials are sent', async () => {
    const server = await startVendorServer(json({}), certificate);
    const measuring = prepareMeasuring();
    const { prometheus } = createProviders(measuring.dependencies, { job });
    const order = orderOf({ prometheus: { address: server.origin, query: 'up' } });
    await expect(prometheus.measure(order, NEVER)).rejects.toThrow('has a certificate that is not trusted');
    expect(server.asked).toEqual([]);
    await measuring.close();
    await server.close();
  });
});

describe('the table', () => {
  test('passes the provider on that is handed in', () => {
    expect(createProviders(prepareMeasuring().dependencies, { job }).job).toBe(job);
  });

  test('refuses plugins with a sentence', async () => {
    const { plugin } = createProviders(prepareMeasuring().dependencies, { job });
    await expect(plugin.measure(orderOf({ plugin: { 'me/mine': {} } }), NEVER)).rejects.toThrow(
      'metric plugins are not supported',
    );
  });

  test('ends with its signal even while a Secret is being read', async () => {
    const { dependencies } = prepareMeasuring();
    const { influxdb } = createProviders({ ...dependencies, readSecret: async () => new Promise(() => {}) }, { job });
    const controller = new AbortController();
    const measured = influxdb.measure(orderOf({ influxdb: { query: 'x' } }), controller.signal);
    controller.abort(new Error('the run was terminated'));
    await expect(measured).rejects.toThrow('the run was terminated');
  });
});
