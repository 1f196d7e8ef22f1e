/** CPU seconds of everybody who works in a bench, over a stretch of it. */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { cpuSecondsOf, TICKS_PER_SECOND } from '../process-usage.ts';
import { rounded } from '../rounded.ts';

const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;

export interface Usage {
  readonly seconds: number;
  readonly controller: number;
  /** etcd, the API server and the controller manager together. */
  readonly controlPlane: number;
  readonly kubelet: number;
  readonly bench: number;
  /** All other processes of the machine: what the times have to be read with. */
  readonly others: number;
  /** Processes that wanted to run, by the kernel's average over a minute, at the end. */
  readonly load: number;
}

interface Reading extends Usage {
  readonly machine: number;
}

export interface UsageSource {
  /** Of the control plane's processes, by name. */
  readonly pids: () => Readonly<Record<string, number>>;
  readonly controllerPid: () => number;
}

/** Begins at once; the returned function ends it. */
export function measureUsage(source: UsageSource): () => Usage {
  const before = read(source);
  return () => {
    const after = read(source);
    const difference = (key: keyof Reading) => rounded(after[key] - before[key]);
    const ours = (['controller', 'controlPlane', 'kubelet', 'bench'] as const).map(difference);
    return {
      seconds: difference('seconds'),
      controller: difference('controller'),
      controlPlane: difference('controlPlane'),
      kubelet: difference('kubelet'),
      bench: difference('bench'),
      others: rounded(
        Math.max(
          0,
          ours.reduce((rest, one) => rest - one, difference('machine')),
        ),
      ),
      load: loadavg()[0] ?? 0,
    };
  };
}

function read({ pids, controllerPid }: UsageSource): Reading {
  const running = pids();
  const cpuOf = (name: string) => (running[name] === undefined ? 0 : cpuSecondsOf(running[name]));
  const { user, system } = process.cpuUsage();
  return {
    seconds: performance.now() / 1000,
    controller: cpuSecondsOf(controllerPid()),
    controlPlane: CONTROL_PLANE.reduce((sum, name) => sum + cpuOf(name), 0),
    kubelet: cpuOf('kubelet'),
    bench: (user + system) / 1e6,
    machine: machineSeconds(readFileSync('/proc/stat', 'utf8')),
    others: 0,
    load: 0,
  };
}

/** In which any processor did anything, from the text of /proc/stat. */
export function machineSeconds(stat: string): number {
  // cpu user nice system idle iowait irq softirq steal; guests are counted in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** What else happened on the machine meanwhile. */
export function loadDuring(usages: readonly Usage[]): {
  readonly load: readonly [number, number];
  readonly othersPercent: number;
} {
  const loads = usages.map(({ load }) => load);
  const all = usages.reduce((sum, { seconds }) => sum + seconds, 0) * availableParallelism();
  const others = usages.reduce((sum, one) => sum + one.others, 0);
  return {
    load: [rounded(Math.min(...loads)), rounded(Math.max(...loads))],
    othersPercent: all === 0 ? 0 : Math.round((others / all) * 100),
  };
}

/** What the machine is, in words. */
export function machine(): string {
  const memory = Number(/^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0);
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
  return `${availableParallelism()} cores (${model.trim()}), ${Math.round(memory / (1 << 20))} GiB of memory`;
}
