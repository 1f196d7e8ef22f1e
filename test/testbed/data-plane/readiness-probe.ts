/**
 * Sends the HTTP or TCP readiness probe of a container, as a kubelet does. The kubelet model handles delays before the
 * first one, and probes that execute a command.
 */
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerSpec, Probe } from '../cluster/kubelet/pod.ts';

/**
 * Resolves when the probe has succeeded for the first time, at once where there is none. Continues until the signal, and
 * reports every change after that.
 */
export async function followProbe(
  container: ContainerSpec,
  address: string,
  signal: AbortSignal,
  changed: (ready: boolean) => void,
): Promise<void> {
  const { readinessProbe: probe } = container;
  if (probe?.httpGet === undefined && probe?.tcpSocket === undefined) return;
  const attempt = (): Promise<boolean> => succeeds(probe, container, address);
  const periodMs = (probe.periodSeconds ?? 10) * 1_000;
  await untilRepeated(attempt, true, probe.successThreshold ?? 1, periodMs, signal);
  void alternate(attempt, probe, periodMs, signal, changed);
}

async function alternate(
  attempt: () => Promise<boolean>,
  probe: Probe,
  periodMs: number,
  signal: AbortSignal,
  changed: (ready: boolean) => void,
): Promise<void> {
  const { failureThreshold = 3, successThreshold = 1 } = probe;
  for (let ready = false; !signal.aborted; ready = !ready) {
    await pause(periodMs, signal);
    await untilRepeated(attempt, ready, ready ? successThreshold : failureThreshold, periodMs, signal);
    if (!signal.aborted) changed(ready);
  }
}

/** Resolves when the probe has had this outcome so many times in a row, or on the signal. */
async function untilRepeated(
  attempt: () => Promise<boolean>,
  wanted: boolean,
  times: number,
  periodMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let inARow = 0; !signal.aborted;) {
    inARow = (await attempt()) === wanted ? inARow + 1 : 0;
    if (inARow >= times) return;
    await pause(periodMs, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

function succeeds(
  { httpGet, tcpSocket, timeoutSeconds = 1 }: Probe,
  container: ContainerSpec,
  host: string,
): Promise<boolean> {
  const port = portOf(container, httpGet?.port ?? tcpSocket?.port);
  const timeout = timeoutSeconds * 1_000;
  return new Promise((resolve) => {
    if (httpGet === undefined) {
      const socket = connect({ host, port, timeout }, () => socket.end());
      socket.on('timeout', () => socket.destroy(new Error('too late')));
      socket.on('error', () => resolve(false));
      socket.on('end', () => resolve(true));
      socket.on('close', (hadError) => resolve(!hadError));
      return;
    }
    const path = httpGet.path ?? '/';
    const call = request({ host, port, path, agent: false, signal: AbortSignal.timeout(timeout) }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(statusCode >= 200 && statusCode < 400);
    });
    call.on('error', () => resolve(false));
    call.end();
  });
}

function portOf({ ports = [] }: ContainerSpec, port: string | number | undefined): number {
  return typeof port === 'number' ? port : (ports.find(({ name }) => name === port)?.containerPort ?? 0);
}
