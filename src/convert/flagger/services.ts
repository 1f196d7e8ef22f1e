/** The Services of a Canary: Flagger makes them, here they are the user's. */
import type { Json, JsonObject } from '../../kube/json.ts';
import { decide, note, noted, sheetOf, type Comment, type Draft, type DraftObject, type Sheet } from '../draft.ts';
import type { InputObject, InputSet } from '../input.ts';
import { canaryServiceBeside } from '../services.ts';
import type { Workload } from '../workload.ts';
import type { FlaggerScene } from './scene.ts';
import type { FlaggerService } from './schema.ts';

/** The labels by which Flagger finds the pods of a Deployment. */
const SELECTOR_LABELS = ['app', 'name', 'app.kubernetes.io/name'];

/** The Services to print: those that are not among the documents. */
export function servicesOf({
  set,
  namespace,
  stableService,
  canaryService,
  spec,
  workload,
  source,
}: FlaggerScene): readonly Sheet[] {
  const stable = set.take('Service', stableService, namespace);
  const metadata = (name: string, { labels, annotations }: NonNullable<FlaggerService['apex']> = {}): DraftObject => ({
    name,
    namespace,
    labels: labels ?? source.metadata.labels,
    annotations,
  });
  if (stable !== undefined) {
    const { sheets } = canaryServiceBeside(set, stableService, namespace);
    return sheets.map((sheet) => withMetadata(sheet, spec.service.canary));
  }
  const serviceSpec = specOf(spec.service, spec.targetRef.name, workload);
  const made = (name: string, own: FlaggerService['apex'], comment: Comment): Sheet =>
    sheetOf(noted({ apiVersion: 'v1', kind: 'Service', metadata: metadata(name, own), spec: serviceSpec }, comment));
  const first = note(
    'Flagger made this Service. Here it is yours, and selects the pods of both versions before the takeover.',
  );
  const second = note('Flagger made this Service. The controller makes it select the new version.');
  return [
    made(stableService, spec.service.apex, first),
    ...(hasService(set, canaryService, namespace) ? [] : [made(canaryService, spec.service.canary, second)]),
  ];
}

/** For a stable Service that is there already: what Flagger would write into it. */
export function serviceComments({ set, namespace, stableService, spec }: FlaggerScene): readonly Comment[] {
  const stable = set.take('Service', stableService, namespace);
  if (stable === undefined) return [];
  const { port, portName, targetPort, appProtocol, portDiscovery, headless, trafficDistribution, apex } = spec.service;
  const found = (stable.spec?.['ports'] ?? []) as readonly JsonObject[];
  const one = found.find((it) => it['port'] === port);
  const differs = (field: string, wanted: Json | undefined): boolean => wanted !== undefined && one?.[field] !== wanted;
  const wrong = [
    one === undefined ? `port ${port}` : null,
    differs('name', portName) ? `portName ${portName}` : null,
    differs('targetPort', targetPort) ? `targetPort ${targetPort}` : null,
    differs('appProtocol', appProtocol) ? `appProtocol ${appProtocol}` : null,
    portDiscovery === true ? 'portDiscovery' : null,
    headless === true && stable.spec?.['clusterIP'] !== 'None' ? 'headless' : null,
    trafficDistribution === undefined ? null : `trafficDistribution ${trafficDistribution}`,
    apex === undefined ? null : 'apex (labels and annotations)',
  ].filter((it) => it !== null);
  if (wrong.length === 0) return [];
  const text = `spec.service: Flagger writes ${wrong.join(', ')} into the Service ${stableService}. Write it yourself, in both Services.`;
  return [decide(text)];
}

function hasService(set: InputSet, name: string, namespace: string | undefined): boolean {
  return set.take('Service', name, namespace) !== undefined;
}

function withMetadata(sheet: Sheet, own: FlaggerService['canary']): Sheet {
  const { labels, annotations } = sheet.object.metadata as InputObject['metadata'];
  const metadata = {
    ...sheet.object.metadata,
    ...(own?.labels === undefined ? {} : { labels: { ...labels, ...own.labels } }),
    ...(own?.annotations === undefined ? {} : { annotations: { ...annotations, ...own.annotations } }),
  };
  return { ...sheet, object: { ...sheet.object, metadata } };
}

function specOf(service: FlaggerService, target: string, workload: Workload): DraftObject {
  const { port, portName = 'http', targetPort = port, appProtocol, headless, trafficDistribution } = service;
  const main = { name: portName, port, targetPort, protocol: 'TCP', appProtocol };
  const more = service.portDiscovery === true ? discovered(service, workload) : [];
  const missing =
    service.portDiscovery === true && workload.spec === undefined
      ? decide('portDiscovery: the Deployment is not among the documents. Add the other ports of its containers.')
      : null;
  return {
    selector: selectorOf(target, workload),
    ports: noted([main, ...more], missing),
    clusterIP: headless === true ? 'None' : undefined,
    trafficDistribution,
  };
}

function selectorOf(target: string, { spec }: Workload): Draft {
  const labels = (spec?.selector['matchLabels'] ?? {}) as Readonly<Record<string, string>>;
  const key = SELECTOR_LABELS.find((one) => labels[one] !== undefined);
  if (key !== undefined) return { [key]: labels[key] };
  if (spec !== undefined) return labels;
  return noted(
    { app: target },
    decide(`The Deployment ${target} is not among the documents: write the labels of its pods.`),
  );
}

/** All ports of the containers but the one that the Service has anyway. */
function discovered({ targetPort, port }: FlaggerService, { spec }: Workload): readonly DraftObject[] {
  const pod = (spec?.template['spec'] ?? {}) as {
    readonly containers?: readonly { readonly ports?: readonly JsonObject[] }[];
  };
  const ports = (pod.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports
    .filter(
      ({ name, containerPort }) => ![targetPort ?? port, port].some((one) => one === containerPort || one === name),
    )
    .map(({ name, containerPort, protocol = 'TCP' }) => ({
      name: name ?? `port-${JSON.stringify(containerPort)}`,
      port: containerPort,
      targetPort: name ?? containerPort,
      protocol,
    }));
}
