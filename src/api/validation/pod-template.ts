/**
 * Rules of the pod template of a Rollout, with the order, paths and kinds of Kubernetes' check of a
 * ReplicaSet. They find common mistakes. The API server refuses the others when the ReplicaSet is created.
 */
import type { LabelSelector, PodTemplate } from '../../kube/objects.ts';
import { isLabelKey, isLabelValue, matchesSelector } from '../../kube/selector.ts';
import {
  duplicateValue,
  errorsOf,
  firstErrorOf,
  forbidden,
  invalidValue,
  unsupportedValue,
  type Check,
  type FieldError,
} from '../words/field-error.ts';
import { podAmountError } from './amounts.ts';
import { containerErrors } from './containers.ts';
import { DNS_LABEL, nameError } from './names.ts';
import { isPresent, isSet, listAt, textAt, type PodJson } from './pod-json.ts';

const METADATA = 'spec.template.metadata';
const POD_SPEC = 'spec.template.spec';

/** Kubernetes' limit for all annotations of an object together, in bytes. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

interface TemplateSubject {
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly podSpec: PodJson;
}

const labelsUnmatched: Check<TemplateSubject> = ({ selector, template }) => {
  const labels = template.metadata?.labels ?? {};
  return matchesSelector(selector, labels)
    ? null
    : invalidValue(`${METADATA}.labels`, labels, '`selector` does not match template `labels`');
};

const labelInvalid: Check<TemplateSubject> = ({ template }) =>
  firstErrorOf(Object.entries(template.metadata?.labels ?? {}), ([key, value]) => {
    if (!isLabelKey(key)) return invalidValue(`${METADATA}.labels`, key, 'is not a valid label key');
    return isLabelValue(value) ? null : invalidValue(`${METADATA}.labels`, value, 'is not a valid label value');
  });

const annotationInvalid: Check<TemplateSubject> = ({ template }) =>
  firstErrorOf(Object.keys(template.metadata?.annotations ?? {}), (key) =>
    isLabelKey(key.toLowerCase())
      ? null
      : invalidValue(`${METADATA}.annotations`, key, 'is not a valid annotation key'),
  );

const annotationsTooLong: Check<TemplateSubject> = ({ template }) => {
  const bytes = Buffer.byteLength(
    Object.entries(template.metadata?.annotations ?? {})
      .flat()
      .join(''),
  );
  return bytes > MAX_ANNOTATION_BYTES
    ? invalidValue(`${METADATA}.annotations`, `${bytes} bytes`, `must be no longer than ${MAX_ANNOTATION_BYTES} bytes`)
    : null;
};

const volumeInvalid: Check<TemplateSubject> = ({ podSpec }) => {
  const names = new Set<string>();
  return firstErrorOf(listAt(podSpec, 'volumes'), (volume, index) => {
    const path = `${POD_SPEC}.volumes[${index}].name`;
    const error = nameError(volume['name'], DNS_LABEL, path);
    if (error !== null) return error;
    const name = textAt(volume, 'name');
    if (names.has(name)) return duplicateValue(path, name);
    names.add(name);
    return null;
  });
};

function containersErrors(podSpec: PodJson): Iterable<FieldError> {
  const volumeNames = new Set(listAt(podSpec, 'volumes').map((volume) => textAt(volume, 'name')));
  return containerErrors(podSpec, volumeNames, POD_SPEC);
}

const amountInvalid: Check<TemplateSubject> = ({ podSpec }) => podAmountError(podSpec, POD_SPEC);

const gracePeriodNegative: Check<TemplateSubject> = ({ podSpec }) => {
  const seconds = podSpec['terminationGracePeriodSeconds'];
  return typeof seconds === 'number' && seconds < 0
    ? invalidValue(`${POD_SPEC}.terminationGracePeriodSeconds`, seconds, 'must be greater than or equal to 0')
    : null;
};

const restartPolicyNotAlways: Check<TemplateSubject> = ({ podSpec }) =>
  isSet(podSpec, 'restartPolicy') && podSpec['restartPolicy'] !== 'Always'
    ? unsupportedValue(`${POD_SPEC}.restartPolicy`, podSpec['restartPolicy'], ['Always'])
    : null;

const activeDeadlineSet: Check<TemplateSubject> = ({ podSpec }) =>
  isPresent(podSpec, 'activeDeadlineSeconds')
    ? forbidden(`${POD_SPEC}.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')
    : null;

const METADATA_CHECKS = [labelsUnmatched, labelInvalid, annotationInvalid, annotationsTooLong, volumeInvalid];
const POD_CHECKS = [gracePeriodNegative, restartPolicyNotAlways, activeDeadlineSet, amountInvalid];

/** Of each rule and each container the first error. */
export function* podTemplateErrors(selector: LabelSelector, template: PodTemplate): Iterable<FieldError> {
  const subject = { selector, template, podSpec: template.spec ?? {} };
  yield* errorsOf(METADATA_CHECKS, subject);
  yield* containersErrors(subject.podSpec);
  yield* errorsOf(POD_CHECKS, subject);
}
