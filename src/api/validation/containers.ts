/**
 * Rules of the containers of a pod template: common mistakes only. The API server checks everything when we
 * create the ReplicaSet.
 */
import {
  duplicateValue,
  errorsAmong,
  firstError,
  firstErrorOf,
  forbidden,
  invalidValue,
  notFound,
  requiredValue,
  unsupportedValue,
  type Check,
  type FieldError,
} from '../words/field-error.ts';
import { amountOf, amountsError } from './amounts.ts';
import { DNS_LABEL, ENVIRONMENT_NAME, nameError, PORT_NAME } from './names.ts';
import { isPresent, isSet, listAt, objectAt, textAt, type PodJson } from './pod-json.ts';
import { PROBLEMS } from '../words/problems.ts';

const MAX_PORT = 65_535;
const PORT_RANGE = `must be between 1 and ${MAX_PORT}, inclusive`;
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const PROBE_HANDLERS = ['exec', 'grpc', 'httpGet', 'tcpSocket'];
const PROBE_COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

interface ContainerSubject {
  readonly container: PodJson;
  /** Such as `spec.template.spec.containers[0]`. */
  readonly path: string;
  readonly volumeNames: ReadonlySet<string>;
}

const nameInvalid: Check<ContainerSubject> = ({ container, path }) =>
  nameError(container['name'], DNS_LABEL, `${path}.name`);

const imageMissing: Check<ContainerSubject> = ({ container, path }) => {
  const image = textAt(container, 'image');
  if (image === '') return requiredValue(`${path}.image`, '');
  return image === image.trim()
    ? null
    : invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace');
};

const pullPolicyUnknown: Check<ContainerSubject> = ({ container, path }) =>
  isSet(container, 'imagePullPolicy') && !PULL_POLICIES.includes(textAt(container, 'imagePullPolicy'))
    ? unsupportedValue(`${path}.imagePullPolicy`, container['imagePullPolicy'], PULL_POLICIES)
    : null;

const portInvalid: Check<ContainerSubject> = ({ container, path }) => {
  const names = new Set<string>();
  return firstErrorOf(listAt(container, 'ports'), (port, index) => {
    const portPath = `${path}.ports[${index}]`;
    const name = textAt(port, 'name');
    if (name !== '') {
      const error = nameError(name, PORT_NAME, `${portPath}.name`);
      if (error !== null) return error;
      if (names.has(name)) return duplicateValue(`${portPath}.name`, name);
      names.add(name);
    }
    if (!isPresent(port, 'containerPort')) return requiredValue(`${portPath}.containerPort`, '');
    return (
      portNumberError(port, 'containerPort', portPath) ??
      (isSet(port, 'hostPort') ? portNumberError(port, 'hostPort', portPath) : null) ??
      protocolError(port, portPath)
    );
  });
};

const environmentInvalid: Check<ContainerSubject> = ({ container, path }) =>
  firstErrorOf(listAt(container, 'env'), (variable, index) => {
    const variablePath = `${path}.env[${index}]`;
    const error = nameError(variable['name'], ENVIRONMENT_NAME, `${variablePath}.name`);
    if (error !== null) return error;
    return textAt(variable, 'value') !== '' && isPresent(variable, 'valueFrom')
      ? invalidValue(`${variablePath}.valueFrom`, '', 'may not be specified when `value` is not empty')
      : null;
  });

const volumeMountInvalid: Check<ContainerSubject> = ({ container, path, volumeNames }) => {
  const mountPaths = new Set<string>();
  return firstErrorOf(listAt(container, 'volumeMounts'), (mount, index) => {
    const mountItemPath = `${path}.volumeMounts[${index}]`;
    const name = textAt(mount, 'name');
    const mountPath = textAt(mount, 'mountPath');
    if (name === '') return requiredValue(`${mountItemPath}.name`, '');
    if (!volumeNames.has(name)) return notFound(`${mountItemPath}.name`, name);
    if (mountPath === '') return requiredValue(`${mountItemPath}.mountPath`, '');
    if (mountPaths.has(mountPath)) {
      return invalidValue(`${mountItemPath}.mountPath`, mountPath, 'must be unique');
    }
    mountPaths.add(mountPath);
    return null;
  });
};

const probeInvalid: Check<ContainerSubject> = ({ container, path }) =>
  firstErrorOf(PROBES, (key) => {
    const probe = objectAt(container, key);
    return probe === undefined ? null : probeError(probe, `${path}.${key}`);
  });

const resourcesInvalid: Check<ContainerSubject> = ({ container, path }) => {
  const resources = objectAt(container, 'resources');
  const limits = objectAt(resources, 'limits');
  const requests = objectAt(resources, 'requests');
  return (
    amountsError(limits, `${path}.resources.limits`) ??
    amountsError(requests, `${path}.resources.requests`) ??
    requestAboveLimitError(requests, limits, `${path}.resources.requests`)
  );
};

const CONTAINER_CHECKS: readonly Check<ContainerSubject>[] = [
  nameInvalid,
  probeInvalid,
  portInvalid,
  environmentInvalid,
  volumeMountInvalid,
  imageMissing,
  pullPolicyUnknown,
  resourcesInvalid,
];

/** The first error of each container and then of each init container; names are unique across both. */
export function* containerErrors(
  podSpec: PodJson,
  volumeNames: ReadonlySet<string>,
  path: string,
): Iterable<FieldError> {
  const containers = listAt(podSpec, 'containers');
  if (containers.length === 0) {
    yield requiredValue(`${path}.containers`, '');
    return;
  }
  const names = new Set<string>();
  const check = (key: string) => (container: PodJson, index: number) => {
    const containerPath = `${path}.${key}[${index}]`;
    const error = firstError(CONTAINER_CHECKS, { container, path: containerPath, volumeNames });
    if (error !== null) return error;
    const name = textAt(container, 'name');
    if (names.has(name)) return duplicateValue(`${containerPath}.name`, name);
    names.add(name);
    return null;
  };
  yield* errorsAmong(containers, check('containers'));
  yield* errorsAmong(listAt(podSpec, 'initContainers'), check('initContainers'));
}

function portNumberError(port: PodJson, key: string, path: string): FieldError | null {
  const number = port[key];
  const valid = typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MAX_PORT;
  return valid ? null : invalidValue(`${path}.${key}`, number, PORT_RANGE);
}

function protocolError(port: PodJson, path: string): FieldError | null {
  return isSet(port, 'protocol') && !PROTOCOLS.includes(textAt(port, 'protocol'))
    ? unsupportedValue(`${path}.protocol`, port['protocol'], PROTOCOLS)
    : null;
}

function probeError(probe: PodJson, path: string): FieldError | null {
  const handlers = PROBE_HANDLERS.filter((handler) => isPresent(probe, handler));
  if (handlers.length === 0) return requiredValue(path, 'must specify a handler type');
  const second = handlers[1];
  if (second !== undefined) {
    return forbidden(`${path}.${second}`, 'may not specify more than 1 handler type');
  }
  return firstErrorOf(PROBE_COUNTS, (key) => {
    const count = probe[key];
    return typeof count === 'number' && count < 0 ? invalidValue(`${path}.${key}`, count, PROBLEMS.negative) : null;
  });
}

function requestAboveLimitError(
  requests: PodJson | undefined,
  limits: PodJson | undefined,
  path: string,
): FieldError | null {
  return firstErrorOf(Object.entries(requests ?? {}), ([resource, request]) => {
    const limit = limits?.[resource];
    const asked = amountOf(request);
    const allowed = amountOf(limit);
    return asked !== null && allowed !== null && asked > allowed
      ? invalidValue(path, request, `must be less than or equal to ${resource} limit of ${String(limit)}`)
      : null;
  });
}
